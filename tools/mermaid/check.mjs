// Reads the diagrams of the Markdown pages in a folder, prints how many there are and fails for one that Mermaid refuses.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { JSDOM } from 'jsdom'

const { window } = new JSDOM('')
Object.assign(globalThis, { window, document: window.document }) // Mermaid sanitizes labels by the browser's own means
const { default: mermaid } = await import('mermaid')

const folder = process.argv[2]
let diagrams = 0
for (const name of readdirSync(folder).filter((n) => n.endsWith('.md'))) {
  for (const [, text] of readFileSync(join(folder, name), 'utf8').matchAll(/^```mermaid\n(.*?)^```$/gms)) {
    try {
      const { diagramType } = await mermaid.parse(text)
      if (!diagramType.startsWith('flowchart')) throw new Error(`a ${diagramType}`)
      diagrams++
    } catch (e) {
      console.error(`${name}: ${e.message}\n${text}`)
      process.exitCode = 1
    }
  }
}
console.log(diagrams)
