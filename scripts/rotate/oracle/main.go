// Says what Istio's own code makes of authorities, as istiod reads them from the Secret `cacerts`.
//
// Reads a JSON array of {"certificate", "key", "chain", "roots"}, all PEM, from standard input, so that no key is written to a
// file. Prints a JSON array with, for each of them, what istiod says against it; empty where it accepts it.
package main

import (
	"encoding/json"
	"os"

	"istio.io/istio/security/pkg/pki/util"
)

type authority struct {
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
	Chain       string `json:"chain"`
	Roots       string `json:"roots"`
}

func main() {
	var authorities []authority
	if err := json.NewDecoder(os.Stdin).Decode(&authorities); err != nil {
		panic(err)
	}
	reasons := []string{}
	for _, one := range authorities {
		reason := ""
		_, err := util.NewVerifiedKeyCertBundleFromPem(
			[]byte(one.Certificate), []byte(one.Key), []byte(one.Chain), []byte(one.Roots), nil)
		if err != nil {
			reason = err.Error()
		}
		reasons = append(reasons, reason)
	}
	if err := json.NewEncoder(os.Stdout).Encode(reasons); err != nil {
		panic(err)
	}
}
