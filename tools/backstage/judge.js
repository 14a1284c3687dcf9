// Asks Backstage's catalog about files: node judge.js PACKAGES FILE... writes, a line of JSON for each file, what the
// catalog would make of it: its entities, the relations that its processors emit, and whatever they refuse. PACKAGES is
// the folder that tools/backstage/install prints. The parts are put together as CatalogBuilder does, without a database.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const [packages, ...files] = process.argv.slice(2);
const modules = path.join(packages, 'node_modules');
const part = name => require(path.join(modules, name));
const inner = name => part(`@backstage/plugin-catalog-backend/dist/${name}.cjs.js`); // not among the package's exports

const model = part('@backstage/catalog-model');
const alpha = require(path.join(modules, '@backstage/catalog-model/dist/alpha.cjs.js'));
const { ConfigReader } = part('@backstage/config');
const { ScmIntegrations } = part('@backstage/integration');
const { defaultEntityDataParser } = inner('util/parse');
const { DefaultCatalogRulesEnforcer } = inner('ingestion/CatalogRules');
const { BuiltinKindsEntityProcessor } = inner('processors/BuiltinKindsEntityProcessor');
const { ModelProcessor } = inner('processors/ModelProcessor');
const { PlaceholderProcessor } = inner('processors/PlaceholderProcessor');
const { AnnotateLocationEntityProcessor } = inner('processors/AnnotateLocationEntityProcessor');
const { DefaultCatalogProcessingOrchestrator } = inner('processing/DefaultCatalogProcessingOrchestrator');
const { OpenAPISchemaValidator } = part('express-openapi-validator/dist/framework/openapi.schema.validator.js');
const yaml = part('yaml');

const location = { type: 'url', target: 'https://github.com/example/homelab/blob/main/catalog-info.yaml' };
const nothing = () => {};
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => logger };
const config = new ConfigReader({ catalog: { rules: [{ allow: ['Component', 'System', 'API', 'Resource'] }] } });
const integrations = ScmIntegrations.fromConfig(config);
const rules = DefaultCatalogRulesEnforcer.fromConfig(config);
const reader = { readUrl() { throw new Error('the file asks for another one'); } };

// catalog is one that knows the kinds by these processors: those of today's
// default, and those of the model that takes their place.
const catalog = kinds => new DefaultCatalogProcessingOrchestrator({
  processors: [
    new PlaceholderProcessor({ resolvers: {}, reader, integrations }),
    ...kinds,
    new AnnotateLocationEntityProcessor({ integrations }),
  ],
  policy: model.EntityPolicies.allOf([
    new model.SchemaValidEntityPolicy(),
    new model.DefaultNamespaceEntityPolicy(),
    new model.NoForeignRootFieldsEntityPolicy(),
    new model.FieldFormatEntityPolicy(model.makeValidator()),
  ]),
  rulesEnforcer: rules,
  parser: defaultEntityDataParser,
  integrations,
  logger,
});

const catalogs = [
  catalog([new BuiltinKindsEntityProcessor()]),
  catalog([new ModelProcessor({ model: alpha.compileCatalogModel([alpha.defaultCatalogEntityModel]) })]),
];

const because = error => [error.message, error.cause && because(error.cause)].filter(Boolean).join(': ');
const relation = r => `${model.stringifyEntityRef(r.source)} ${r.type} ${model.stringifyEntityRef(r.target)}`;

async function judge(file) {
  const said = { file, entities: [], relations: [], sources: [], refused: [] };
  for await (const read of defaultEntityDataParser({ data: fs.readFileSync(file), location })) {
    if (read.type !== 'entity') {
      said.refused.push(because(read.error));
      continue;
    }
    const ref = model.stringifyEntityRef(read.entity);
    said.entities.push(ref);
    if (!rules.isAllowed(read.entity, location)) said.refused.push(`${ref}: not of an allowed kind`);
    const at = `${location.type}:${location.target}`;
    const entity = structuredClone(read.entity);
    entity.metadata.annotations = { ...entity.metadata.annotations,
      [model.ANNOTATION_LOCATION]: at, [model.ANNOTATION_ORIGIN_LOCATION]: at };
    const emitted = [];
    for (const c of catalogs) {
      const result = await c.process({ entity: structuredClone(entity), state: {} });
      said.refused.push(...result.errors.map(e => `${ref}: ${because(e)}`));
      emitted.push((result.relations ?? []).map(relation).sort());
      if (result.completedEntity) said.sources.push(result.completedEntity.metadata.annotations[model.ANNOTATION_SOURCE_LOCATION]);
    }
    if (JSON.stringify(emitted[0]) !== JSON.stringify(emitted[1])) {
      said.refused.push(`${ref}: the processors emit ${emitted[0].join(', ')} and ${emitted[1].join(', ')}`);
    }
    said.relations.push(...emitted[0]);
    if (read.entity.kind === 'API') {
      const definition = yaml.parse(read.entity.spec.definition);
      const validator = new OpenAPISchemaValidator({ version: definition.openapi, validateApiSpec: true });
      said.refused.push(...validator.validate(definition).errors.map(e => `${ref}: definition${e.path ?? e.instancePath}: ${e.message}`));
    }
  }
  return said;
}

(async () => {
  for (const file of files) process.stdout.write(`${JSON.stringify(await judge(file))}\n`);
})();
