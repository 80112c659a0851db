// Command k1s_protobuf prints how every built-in Kubernetes type travels in protobuf: for each message its
// fields' numbers, JSON names, types and whether a zero value means something. It reads the published Go types
// by reflection, because only their struct tags tell a pointer (absent or zero) from a plain value (zero is absent).
//
//	go run . > ../../src/k1s/builtin/protobuf.json
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistrationv1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// Types whose wire form differs from their fields; the codec knows them by these names.
var special = map[string]string{
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":                                             "Time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":                                        "MicroTime",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":                                         "Duration",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":                                         "FieldsV1",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Verbs":                                            "Strings",
	"k8s.io/apimachinery/pkg/api/resource.Quantity":                                         "Quantity",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":                                       "IntOrString",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":                                          "RawExtension",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON":                         "JSON",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrArray":       "JSONSchemaPropsOrArray",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrBool":        "JSONSchemaPropsOrBool",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrStringArray": "JSONSchemaPropsOrStringArray",
}

type field = []any // number, JSON name, type, keep zero values (1) or not (0)

type walker struct {
	messages map[string][]field
	short    map[string]string
}

func path(t reflect.Type) string { return t.PkgPath() + "." + t.Name() }

// name is a short unique name of a message: ObjectMeta, or apps/v1.Deployment where several versions have one.
func (w *walker) name(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return strings.Join(parts[len(parts)-2:], "/") + "." + t.Name()
}

func (w *walker) typeOf(t reflect.Type, tag string) string {
	if t.Kind() == reflect.Pointer {
		return w.typeOf(t.Elem(), tag)
	}
	if s, ok := special[path(t)]; ok {
		return s
	}
	switch t.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.Int32, reflect.Int64, reflect.Int, reflect.Uint32, reflect.Uint64, reflect.Uint8:
		return "int"
	case reflect.Float64:
		return "double"
	case reflect.String:
		return "string"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		if t.Name() != "" && t.PkgPath() != "" && strings.HasPrefix(tag, "bytes") && t.Elem().Kind() == reflect.String {
			// ExtraValue and the like: a message with one repeated field "items"
			return "Strings"
		}
		return "[]" + w.typeOf(t.Elem(), tag)
	case reflect.Map:
		return "{}" + w.typeOf(t.Elem(), "bytes")
	case reflect.Struct:
		w.visit(t)
		return w.name(t)
	}
	panic("no protobuf form: " + t.String())
}

func (w *walker) visit(t reflect.Type) {
	name := w.name(t)
	if _, seen := w.messages[name]; seen {
		return
	}
	w.messages[name] = []field{}
	fields := []field{}
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag := f.Tag.Get("protobuf")
		if tag == "" || tag == "-" {
			continue
		}
		parts := strings.Split(tag, ",")
		number, err := strconv.Atoi(parts[1])
		if err != nil {
			panic(fmt.Sprintf("%s.%s: %s", name, f.Name, tag))
		}
		jsonTag := strings.Split(f.Tag.Get("json"), ",")
		keep := 1
		for _, o := range jsonTag[1:] {
			// encoding/json omits no struct for being empty, only for being zero
			if o == "omitzero" || o == "omitempty" && f.Type.Kind() != reflect.Struct {
				keep = 0
			}
		}
		if f.Type.Kind() == reflect.Pointer {
			keep = 1
		}
		jsonName := jsonTag[0]
		if f.Anonymous && jsonName == "" {
			jsonName = "" // inlined: its fields belong to this object
		}
		fields = append(fields, field{number, jsonName, w.typeOf(f.Type, parts[0]), keep})
	}
	sort.Slice(fields, func(i, j int) bool { return fields[i][0].(int) < fields[j][0].(int) })
	w.messages[name] = fields
}

func main() {
	s := scheme.Scheme
	for _, add := range []func(*runtime.Scheme) error{apiextensionsv1.AddToScheme, apiregistrationv1.AddToScheme} {
		if err := add(s); err != nil {
			panic(err)
		}
	}
	w := &walker{messages: map[string][]field{}}
	kinds := map[string]string{}
	for gvk, t := range s.AllKnownTypes() {
		if gvk.Version == "__internal" || strings.HasSuffix(gvk.Kind, "List") && gvk.Kind != "List" {
			continue
		}
		if strings.Contains(gvk.Version, "alpha") || strings.Contains(gvk.Version, "beta") || gvk.Group == "extensions" || gvk.Group == "internal.apiserver.k8s.io" {
			continue
		}
		if _, ok := reflect.New(t).Interface().(interface{ Unmarshal([]byte) error }); !ok {
			continue
		}
		w.visit(t)
		if t.PkgPath() == reflect.TypeOf(metav1.ObjectMeta{}).PkgPath() && gvk.Kind != "DeleteOptions" {
			continue
		}
		kinds[gvk.GroupVersion().String()+" "+gvk.Kind] = w.name(t)
	}
	w.visit(reflect.TypeOf(metav1.DeleteOptions{}))
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	if err := out.Encode(map[string]any{"kinds": kinds, "messages": w.messages}); err != nil {
		panic(err)
	}
}
