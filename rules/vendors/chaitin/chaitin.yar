// SPDX-License-Identifier: Apache-2.0
rule chaitin_go_veinmind
{
    meta:
        vendor = "chaitin"
        product = "veinmind"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/chaitin/veinmind-tools"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/chaitin\/veinmind-tools(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/chaitin\/veinmind-tools(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
