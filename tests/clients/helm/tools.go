//go:build tools

// Names the program that this module pins: helm is built from it, unmodified.
package tools

import _ "helm.sh/helm/v3/cmd/helm"
