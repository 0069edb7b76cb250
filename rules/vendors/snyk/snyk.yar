// SPDX-License-Identifier: Apache-2.0
rule snyk_go_policy_engine
{
    meta:
        vendor = "snyk"
        product = "policy-engine"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/snyk/policy-engine"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/snyk\/policy-engine(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/snyk\/policy-engine(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule snyk_go_vervet
{
    meta:
        vendor = "snyk"
        product = "vervet"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/snyk/vervet"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/snyk\/vervet(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/snyk\/vervet(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule snyk_go_driftctl
{
    meta:
        vendor = "snyk"
        product = "driftctl"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/snyk/driftctl"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/snyk\/driftctl(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/snyk\/driftctl(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
