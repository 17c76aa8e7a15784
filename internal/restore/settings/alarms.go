package settings

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/estate"
)

// alarms are compared by what they watch, not by name: a name is unique in its Region, so that a copy has another.
func (r reader) alarms() Value {
	all, ok := r.t.Alarms.Get()
	if !ok {
		if r.t.Alarms.IsAbsent() {
			return known("")
		}
		return Value{Why: r.why(r.t.Alarms.Source())}
	}
	var names, same []string
	for _, a := range all {
		names = append(names, a.Name+" on "+a.Metric)
		same = append(same, alarmSame(a, r.name))
	}
	slices.Sort(names)
	slices.Sort(same)
	v := known(strings.Join(names, ", "))
	v.same = strings.Join(same, "\n")
	return v
}

// alarmSame is an alarm's definition without its own name and its table's.
func alarmSame(a estate.Alarm, table string) string {
	var v map[string]any
	if json.Unmarshal([]byte(a.Definition), &v) != nil {
		return a.Metric
	}
	delete(v, "AlarmName")
	delete(v, "AlarmDescription")
	raw, err := json.Marshal(renameDimensions(v, table, "*"))
	if err != nil {
		return a.Metric
	}
	return string(raw)
}

// renameDimensions puts another table into every dimension that names one.
func renameDimensions(v any, from, to string) any {
	switch v := v.(type) {
	case map[string]any:
		if v["Name"] == "TableName" && v["Value"] == from {
			v["Value"] = to
		}
		for k := range v {
			v[k] = renameDimensions(v[k], from, to)
		}
	case []any:
		for i := range v {
			v[i] = renameDimensions(v[i], from, to)
		}
	}
	return v
}

// AlarmFor writes an alarm's definition for another table, under another name: the table's name in the alarm's is replaced, or put behind it.
// ok is false when the definition cannot be read.
func AlarmFor(a estate.Alarm, from, to string) (name, definition string, ok bool) {
	var v map[string]any
	if json.Unmarshal([]byte(a.Definition), &v) != nil {
		return "", "", false
	}
	name = Renamed(a.Name, from, to)
	if name == a.Name {
		name = a.Name + "-" + to
	}
	v["AlarmName"] = name
	raw, err := json.Marshal(renameDimensions(v, from, to))
	return name, string(raw), err == nil
}
