// Informers of client-go, typed and metadata-only, against the server of the kubeconfig that is named.
//
// Reads commands from stdin, one a line, and prints what the informers hold, one JSON object a line:
//
//	state            what both informers hold of ConfigMaps in the namespace: name to resourceVersion, and counts
//	until N          waits until both hold exactly N ConfigMaps, then prints state
//	value NAME KEY V waits until the typed informer's ConfigMap has that value, then prints state
//	resynced         waits until the typed informer told again of what it holds, then prints state
//
// Ends at the end of stdin.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	resync   = time.Second
	patience = 20 * time.Second
)

// held is what one informer was told.
type held struct{ Added, Updated, Resynced, Deleted atomic.Int64 }

func (h *held) handler() cache.ResourceEventHandlerFuncs {
	return cache.ResourceEventHandlerFuncs{
		AddFunc: func(any) { h.Added.Add(1) },
		UpdateFunc: func(before, after any) {
			if before.(metav1.Object).GetResourceVersion() == after.(metav1.Object).GetResourceVersion() {
				h.Resynced.Add(1)
			} else {
				h.Updated.Add(1)
			}
		},
		DeleteFunc: func(any) { h.Deleted.Add(1) },
	}
}

func (h *held) counts() map[string]int64 {
	return map[string]int64{
		"added": h.Added.Load(), "updated": h.Updated.Load(),
		"resynced": h.Resynced.Load(), "deleted": h.Deleted.Load(),
	}
}

type watched struct {
	typed, partial             cache.SharedIndexInformer
	typedCounts, partialCounts held
}

func newWatched(ctx context.Context, config *rest.Config, namespace string) *watched {
	protobuf := rest.CopyConfig(config)
	protobuf.ContentType = runtime.ContentTypeProtobuf
	protobuf.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	typed := informers.NewSharedInformerFactoryWithOptions(
		kubernetes.NewForConfigOrDie(protobuf), resync, informers.WithNamespace(namespace))
	partial := metadatainformer.NewFilteredSharedInformerFactory(
		metadata.NewForConfigOrDie(config), resync, namespace, nil)
	w := &watched{
		typed:   typed.Core().V1().ConfigMaps().Informer(),
		partial: partial.ForResource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Informer(),
	}
	must(w.typed.AddEventHandler(w.typedCounts.handler()))
	must(w.partial.AddEventHandler(w.partialCounts.handler()))
	typed.Start(ctx.Done())
	partial.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), w.typed.HasSynced, w.partial.HasSynced) {
		panic("the caches did not sync")
	}
	return w
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func versions(store cache.Store) map[string]string {
	out := map[string]string{}
	for _, each := range store.List() {
		object := each.(metav1.Object)
		out[object.GetName()] = object.GetResourceVersion()
	}
	return out
}

func (w *watched) print() {
	text := must(json.Marshal(map[string]any{
		"typed": versions(w.typed.GetStore()), "partial": versions(w.partial.GetStore()),
		"typedCounts": w.typedCounts.counts(), "partialCounts": w.partialCounts.counts(),
	}))
	fmt.Println(string(text))
}

func wait(what string, is func() bool) {
	for end := time.Now().Add(patience); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			panic("waited in vain for: " + what)
		}
	}
}

func (w *watched) hasValue(name, key, value string) bool {
	for _, each := range w.typed.GetStore().List() {
		if config := each.(*corev1.ConfigMap); config.Name == name {
			return config.Data[key] == value
		}
	}
	return false
}

// do runs one command.
func (w *watched) do(line string) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return
	}
	switch words[0] {
	case "until":
		count := must(strconv.Atoi(words[1]))
		wait(line, func() bool {
			return len(w.typed.GetStore().List()) == count && len(w.partial.GetStore().List()) == count
		})
	case "value":
		wait(line, func() bool { return w.hasValue(words[1], words[2], words[3]) })
	case "resynced":
		before := w.typedCounts.Resynced.Load()
		wait(line, func() bool { return w.typedCounts.Resynced.Load() > before })
	}
	w.print()
}

func main() {
	config := must(clientcmd.BuildConfigFromFlags("", os.Args[1]))
	config.UserAgent = "orka-informers"
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	// lists in pages through the plain client, as many programs do besides their informers
	client := kubernetes.NewForConfigOrDie(config)
	page := must(client.CoreV1().ConfigMaps(os.Args[2]).List(ctx, metav1.ListOptions{
		Limit: 1, LabelSelector: labels.Everything().String(),
	}))
	fmt.Fprintln(os.Stderr, "first page:", len(page.Items), "more:", page.Continue != "")
	w := newWatched(ctx, config, os.Args[2])
	w.print()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		w.do(lines.Text())
	}
}
