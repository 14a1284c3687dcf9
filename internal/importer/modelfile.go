package importer

import "strings"

// modelfile is what a Modelfile says, of the instructions that hearth has fields for.
type modelfile struct {
	from, system, template string
	parameters             map[string]any
}

// readModelfile reads one; false if it says something that hearth has no field for.
// Its form: https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx
func readModelfile(text string) (modelfile, bool) {
	m := modelfile{parameters: map[string]any{}}
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		line, text = strings.TrimSpace(line), rest
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, value, _ := strings.Cut(line, " ")
		if value = strings.TrimSpace(value); strings.HasPrefix(value, `"""`) {
			value = value[3:]
			if inner, ok := strings.CutSuffix(value, `"""`); ok {
				value = inner
			} else {
				more, after, closed := strings.Cut(text, `"""`)
				if !closed {
					return m, false
				}
				value, text = strings.TrimPrefix(value+"\n"+more, "\n"), after
			}
		}
		if !m.instruction(strings.ToUpper(word), value) {
			return m, false
		}
	}
	return m, m.from != "" && !strings.HasPrefix(m.from, "/") && !strings.HasPrefix(m.from, ".")
}

func (m *modelfile) instruction(word, value string) bool {
	bare := strings.Trim(value, `"`)
	switch word {
	case "FROM":
		m.from = bare
	case "SYSTEM":
		m.system = bare
	case "TEMPLATE":
		m.template = bare
	case "PARAMETER":
		name, value, _ := strings.Cut(value, " ")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		if !known("ollama", "customModels", "parameters", name) {
			return false
		}
		if name == "stop" {
			stops, _ := m.parameters[name].([]any)
			m.parameters[name] = append(stops, value)
			return true
		}
		m.parameters[name] = scalar(value)
	default:
		return false
	}
	return true
}

// custom writes a model made by a Modelfile; false if hearth has no fields for it.
func (a *app) custom(name, text *Node) bool {
	m, ok := readModelfile(text.String())
	if !ok || !known("ollama", "customModels") || name.Empty() {
		return false
	}
	a.model(m.from, nil)
	entry := map[string]any{"name": name.text, "from": m.from}
	if m.system != "" {
		entry["system"] = m.system
	}
	if m.template != "" {
		entry["template"] = m.template
	}
	if len(m.parameters) > 0 {
		entry["parameters"] = m.parameters
	}
	at := a.at("customModels")
	a.doc.add(at, entry)
	a.doc.note(at, text)
	a.doc.note(at, name)
	name.say(Carried, field(at), "", "")
	text.changed(field(at), "each instruction of the Modelfile has a field", "")
	return true
}
