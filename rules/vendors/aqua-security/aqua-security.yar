// SPDX-License-Identifier: Apache-2.0
rule aquasecurity_go_trivy
{
    meta:
        vendor = "aqua-security"
        product = "trivy"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/aquasecurity/trivy"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/aquasecurity\/trivy(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/aquasecurity\/trivy(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule aquasecurity_go_tracee
{
    meta:
        vendor = "aqua-security"
        product = "tracee"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/aquasecurity/tracee"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/aquasecurity\/tracee(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/aquasecurity\/tracee(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule aquasecurity_go_kube_bench
{
    meta:
        vendor = "aqua-security"
        product = "kube-bench"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/aquasecurity/kube-bench"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/aquasecurity\/kube-bench(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/aquasecurity\/kube-bench(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule aquasecurity_go_postee
{
    meta:
        vendor = "aqua-security"
        product = "postee"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/aquasecurity/postee"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/aquasecurity\/postee(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/aquasecurity\/postee(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
