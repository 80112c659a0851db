// A controller-runtime manager with leader election. It reconciles Cups (a custom kind): a finalizer, an owned
// ConfigMap, an Event, and the status; at a Cup's deletion it removes the ConfigMap's trace and the finalizer.
//
// Prints a line for each step: "leading", "reconciled NAME SIZE", "finalized NAME". Ends at SIGTERM.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const finalizer = "clients.orka.dev/tidy"

var cupKind = schema.GroupVersionKind{Group: "clients.orka.dev", Version: "v1", Kind: "Cup"}

func newCup() *unstructured.Unstructured {
	cup := &unstructured.Unstructured{}
	cup.SetGroupVersionKind(cupKind)
	return cup
}

type reconciler struct {
	client.Client
	recorder events.EventRecorder
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	cup := newCup()
	if err := r.Get(ctx, request.NamespacedName, cup); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !cup.GetDeletionTimestamp().IsZero() {
		return ctrl.Result{}, r.finalize(ctx, cup)
	}
	if controllerutil.AddFinalizer(cup, finalizer) {
		return ctrl.Result{}, r.Update(ctx, cup)
	}
	return ctrl.Result{}, r.settle(ctx, cup)
}

// settle makes the owned ConfigMap what the Cup asks for, and tells of it in the status.
func (r *reconciler) settle(ctx context.Context, cup *unstructured.Unstructured) error {
	size, _, _ := unstructured.NestedInt64(cup.Object, "spec", "size")
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: cup.GetName(), Namespace: cup.GetNamespace()}}
	result, err := controllerutil.CreateOrUpdate(ctx, r.Client, config, func() error {
		config.Data = map[string]string{"size": strconv.FormatInt(size, 10)}
		return controllerutil.SetControllerReference(cup, config, r.Scheme())
	})
	if err != nil {
		return err
	}
	if result != controllerutil.OperationResultNone {
		r.recorder.Eventf(cup, config, corev1.EventTypeNormal, "Filled", "Fill", "filled to %d", size)
	}
	if seen, _, _ := unstructured.NestedInt64(cup.Object, "status", "size"); seen == size {
		return nil
	}
	if err := unstructured.SetNestedField(cup.Object, size, "status", "size"); err != nil {
		return err
	}
	if err := r.Status().Update(ctx, cup); err != nil {
		return err
	}
	fmt.Println("reconciled", cup.GetName(), size)
	return nil
}

func (r *reconciler) finalize(ctx context.Context, cup *unstructured.Unstructured) error {
	if !controllerutil.RemoveFinalizer(cup, finalizer) {
		return nil
	}
	if err := r.Update(ctx, cup); err != nil {
		return client.IgnoreNotFound(err)
	}
	fmt.Println("finalized", cup.GetName())
	return nil
}

func run(kubeconfig, namespace string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.UserAgent = "orka-manager"
	lease, renew, retry := 2*time.Second, time.Second, 200*time.Millisecond
	mgr, err := manager.New(config, manager.Options{
		LeaderElection: true, LeaderElectionID: "cups", LeaderElectionNamespace: namespace,
		LeaseDuration: &lease, RenewDeadline: &renew, RetryPeriod: &retry, LeaderElectionReleaseOnCancel: true,
		Metrics: server.Options{BindAddress: "0"}, HealthProbeBindAddress: "0",
		Cache: cache.Options{DefaultNamespaces: map[string]cache.Config{namespace: {}}},
	})
	if err != nil {
		return err
	}
	go func() {
		<-mgr.Elected()
		fmt.Println("leading")
	}()
	err = ctrl.NewControllerManagedBy(mgr).For(newCup()).Owns(&corev1.ConfigMap{}).
		Complete(&reconciler{Client: mgr.GetClient(), recorder: mgr.GetEventRecorder("cups")})
	if err != nil {
		return err
	}
	return mgr.Start(ctrl.SetupSignalHandler())
}

func main() {
	log.SetLogger(zap.New(zap.WriteTo(os.Stderr)))
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "manager:", err)
		os.Exit(1)
	}
}
