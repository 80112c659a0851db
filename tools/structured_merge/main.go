// Plays sequences of updates and applies, one JSON object a line, through structured-merge-diff itself, and prints
// what the object and its managers are after each step. tools/record_structured_merge.ts drives it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/merge"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

const sch = `types:
- name: root
  map:
    fields:
    - name: name
      type: {scalar: string}
    - name: num
      type: {scalar: numeric}
    - name: flag
      type: {scalar: boolean}
    - name: any
      type: {scalar: untyped}
    - name: root2
  map:
    fields:
    - name: name
      type: {scalar: string}
    - name: num
      type: {scalar: numeric}
    - name: flag
      type: {scalar: boolean}
    - name: any
      type: {scalar: untyped}
    - name: struct
      type: {namedType: struct}
    - name: atomicStruct
      type: {namedType: struct, elementRelationship: atomic}
    - name: atomicMap
      type:
        map: {elementType: {scalar: string}, elementRelationship: atomic}
    - name: labels
      type:
        map: {elementType: {scalar: string}}
    - name: structs
      type:
        map: {elementType: {namedType: struct}}
    - name: set
      type:
        list: {elementType: {scalar: string}, elementRelationship: associative}
    - name: nums
      type:
        list: {elementType: {scalar: numeric}, elementRelationship: associative}
    - name: list
      type:
        list: {elementType: {namedType: item}, elementRelationship: associative, keys: [name]}
    - name: ports
      type:
        list: {elementType: {namedType: port}, elementRelationship: associative, keys: [port, protocol]}
    - name: atomicList
      type:
        list: {elementType: {namedType: item}, elementRelationship: atomic}
    - name: free
      type: {namedType: __untyped_deduced_}
- name: struct
  map:
    fields:
    - name: a
      type: {scalar: string}
    - name: b
      type: {scalar: numeric}
    - name: inner
      type: {namedType: struct}
- name: item
  map:
    fields:
    - name: name
      type: {scalar: string}
    - name: value
      type: {scalar: numeric}
    - name: struct
      type: {namedType: struct}
    - name: list
      type:
        list: {elementType: {namedType: item}, elementRelationship: associative, keys: [name]}
- name: port
  map:
    fields:
    - name: port
      type: {scalar: numeric}
    - name: protocol
      type: {scalar: string}
      default: TCP
    - name: name
      type: {scalar: string}
- name: __untyped_atomic_
  scalar: untyped
  list: {elementType: {namedType: __untyped_atomic_}, elementRelationship: atomic}
  map: {elementType: {namedType: __untyped_atomic_}, elementRelationship: atomic}
- name: __untyped_deduced_
  scalar: untyped
  list: {elementType: {namedType: __untyped_atomic_}, elementRelationship: atomic}
  map: {elementType: {namedType: __untyped_deduced_}, elementRelationship: separable}
`

var gone bool

type conv struct{}

func (conv) Convert(o *typed.TypedValue, v fieldpath.APIVersion) (*typed.TypedValue, error) {
	if gone && v == "v2" {
		return o, fmt.Errorf("missing")
	}
	return o, nil
}
func (conv) IsMissingVersionError(e error) bool { return e != nil && e.Error() == "missing" }

type op struct {
	Op      string          `json:"op"` // update apply force
	Manager string          `json:"manager"`
	Version string          `json:"version"`
	Object  json.RawMessage `json:"object"`
	Gone    bool            `json:"gone"`
	Type    string          `json:"type"`
}
type managed struct {
	Set     json.RawMessage `json:"set"`
	Version string          `json:"version"`
	Applied bool            `json:"applied"`
}
type result struct {
	Error     string             `json:"error,omitempty"`
	Lines     []string           `json:"lines,omitempty"`
	Conflicts []string           `json:"conflicts,omitempty"`
	Object    interface{}        `json:"object"`
	Managers  map[string]managed `json:"managers"`
}

func parse(p typed.ParseableType, raw []byte, dup bool) (*typed.TypedValue, error) {
	var v interface{}
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if dup {
		return p.FromUnstructured(norm(v), typed.AllowDuplicates)
	}
	return p.FromUnstructured(norm(v))
}
func norm(v interface{}) interface{} {
	switch t := v.(type) {
	case float64:
		if t == float64(int64(t)) {
			return int64(t)
		}
		return t
	case map[string]interface{}:
		for k := range t {
			t[k] = norm(t[k])
		}
		return t
	case []interface{}:
		for i := range t {
			t[i] = norm(t[i])
		}
		return t
	}
	return v
}
func managersOut(m fieldpath.ManagedFields) map[string]managed {
	out := map[string]managed{}
	for k, v := range m {
		b, _ := v.Set().ToJSON()
		out[k] = managed{b, string(v.APIVersion()), v.Applied()}
	}
	return out
}
func copyManagers(m fieldpath.ManagedFields) fieldpath.ManagedFields { return m.Copy() }

func main() {
	parser, err := typed.NewParser(typed.YAMLObject(sch))
	if err != nil {
		panic(err)
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	for in.Scan() {
		var seq struct {
			Type string `json:"type"`
			Ops  []op   `json:"ops"`
		}
		if err := json.Unmarshal(in.Bytes(), &seq); err != nil {
			panic(err)
		}
		pt := parser.Type(seq.Type)
		live, err := pt.FromUnstructured(map[string]interface{}{})
		if err != nil {
			panic(err)
		}
		managers := fieldpath.ManagedFields{}
		updater := (&merge.UpdaterBuilder{Converter: conv{}, ReturnInputOnNoop: true}).BuildUpdater()
		results := []result{}
		for _, o := range seq.Ops {
			r := result{}
			gone = o.Gone
			if o.Type != "" {
				pt = parser.Type(o.Type)
				again, err := pt.FromUnstructured(unstructured(live), typed.AllowDuplicates)
				if err != nil {
					r.Error = "retype"
					results = append(results, r)
					break
				}
				live = again
			}
			obj, err := parse(pt, o.Object, o.Op == "update")
			if err != nil {
				r.Error = "invalid"
				r.Lines = strings.Split(err.Error(), "\n")
				sort.Strings(r.Lines)
			} else {
				var next *typed.TypedValue
				var m fieldpath.ManagedFields
				if o.Op == "update" {
					next, m, err = updater.Update(live, obj, fieldpath.APIVersion(o.Version), copyManagers(managers), o.Manager)
				} else {
					next, m, err = updater.Apply(live, obj, fieldpath.APIVersion(o.Version), copyManagers(managers), o.Manager, o.Op == "force")
				}
				if err != nil {
					if c, ok := err.(merge.Conflicts); ok {
						r.Error = "conflict"
						for _, x := range c {
							r.Conflicts = append(r.Conflicts, x.Manager+" "+x.Path.String())
						}
						sort.Strings(r.Conflicts)
					} else {
						r.Error = err.Error()
					}
				} else {
					live = next
					managers = m
				}
			}
			r.Object = unstructured(live)
			r.Managers = managersOut(managers)
			results = append(results, r)
		}
		b, err := json.Marshal(results)
		if err != nil {
			panic(err)
		}
		w.Write(b)
		w.WriteByte('\n')
	}
}

func unstructured(t *typed.TypedValue) interface{} {
	if t == nil || t.AsValue() == nil {
		return nil
	}
	return t.AsValue().Unstructured()
}
