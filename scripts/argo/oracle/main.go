// Prints the Applications that Argo CD makes of ApplicationSets, by its own generators and templates, without a cluster.
//
//	oracle REPOSITORY MANIFESTS...
//
// REPOSITORY is a git work tree that stands for every repository. Each file of MANIFESTS holds ApplicationSets with the
// AppProjects and cluster Secrets that they see. Prints one line of JSON for each file: {"file", "applications", "error"}.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	clientset "k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/applicationset/controllers/template"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/git"
)

const namespace = "argocd"

type answer struct {
	File         string                 `json:"file"`
	Applications []v1alpha1.Application `json:"applications"`
	Error        string                 `json:"error,omitempty"`
}

func main() {
	logrus.SetOutput(os.Stderr)
	logrus.SetLevel(logrus.FatalLevel)
	checkout := workTree{root: os.Args[1]}
	encoder := json.NewEncoder(os.Stdout)
	for _, file := range os.Args[2:] {
		result := answer{File: file, Applications: []v1alpha1.Application{}}
		applications, err := expand(file, checkout)
		if err != nil {
			result.Error = err.Error()
		} else {
			result.Applications = append(result.Applications, applications...)
		}
		if err := encoder.Encode(result); err != nil {
			panic(err)
		}
	}
}

func expand(file string, checkout workTree) (applications []v1alpha1.Application, err error) {
	// The controller lives on after a panic of a reconciliation, which made nothing.
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	sets, objects, secrets, err := read(file)
	if err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	if err := corev1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	k8s := clientset.NewSimpleClientset()
	k8s.PrependReactor("list", "secrets", inOrder(secrets))
	client := fake.NewClientBuilder().WithScheme(scheme).WithRuntimeObjects(objects...).Build()
	all := generators.GetGenerators(context.Background(), client, k8s, namespace, checkout, nil, generators.SCMConfig{})
	for _, set := range sets {
		made, _, err := template.GenerateApplications(logrus.NewEntry(logrus.StandardLogger()), set, all, &utils.Render{}, client)
		if err != nil {
			return nil, err
		}
		applications = append(applications, made...)
	}
	return applications, nil
}

// The API server lists by name; the fake client lists as a map comes.
func inOrder(secrets []corev1.Secret) clienttesting.ReactionFunc {
	return func(action clienttesting.Action) (bool, runtime.Object, error) {
		selector := action.(clienttesting.ListAction).GetListRestrictions().Labels
		list := &corev1.SecretList{}
		for _, secret := range secrets {
			if selector.Matches(labels.Set(secret.Labels)) {
				list.Items = append(list.Items, secret)
			}
		}
		return true, list, nil
	}
}

func read(file string) (sets []v1alpha1.ApplicationSet, objects []runtime.Object, secrets []corev1.Secret, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, nil, err
	}
	objects = append(objects, &v1alpha1.AppProject{ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: namespace}})
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		var head metav1.TypeMeta
		if err := yaml.Unmarshal(document, &head); err != nil {
			return nil, nil, nil, err
		}
		switch head.Kind {
		case "ApplicationSet":
			set := v1alpha1.ApplicationSet{}
			if err := yaml.Unmarshal(document, &set); err != nil {
				return nil, nil, nil, err
			}
			sets = append(sets, set)
		case "AppProject":
			project := v1alpha1.AppProject{}
			if err := yaml.Unmarshal(document, &project); err != nil {
				return nil, nil, nil, err
			}
			objects = append(objects, &project)
		case "Secret":
			secret := corev1.Secret{}
			if err := yaml.Unmarshal(document, &secret); err != nil {
				return nil, nil, nil, err
			}
			if secret.Data == nil {
				secret.Data = map[string][]byte{}
			}
			// As the API server stores it.
			for key, value := range secret.StringData {
				secret.Data[key] = []byte(value)
			}
			secret.StringData = nil
			secrets = append(secrets, secret)
			objects = append(objects, secret.DeepCopy())
		}
	}
	slices.SortFunc(secrets, func(a, b corev1.Secret) int { return strings.Compare(a.Name, b.Name) })
	return sets, objects, secrets, nil
}

// A work tree in the place of the repository server; files are found by its git client.
type workTree struct{ root string }

func (w workTree) GetFiles(_ context.Context, url, _, _, pattern string, _, _ bool) (map[string][]byte, error) {
	client, err := git.NewClientExt(url, w.root, git.NopCreds{}, false, false, "", "")
	if err != nil {
		return nil, err
	}
	if pattern == "" {
		pattern = "."
	}
	paths, err := client.LsFiles(pattern, false)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, path := range paths {
		if files[path], err = os.ReadFile(filepath.Join(w.root, path)); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (w workTree) GetDirectories(context.Context, string, string, string, bool, bool) ([]string, error) {
	var folders []string
	err := filepath.WalkDir(w.root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || !entry.IsDir() || path == w.root:
			return err
		case strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		}
		relative, err := filepath.Rel(w.root, path)
		folders = append(folders, relative)
		return err
	})
	return folders, err
}
