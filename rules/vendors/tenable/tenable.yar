// SPDX-License-Identifier: Apache-2.0
rule tenable_go_terrascan
{
    meta:
        vendor = "tenable"
        product = "terrascan"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/tenable/terrascan"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/tenable\/terrascan(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/tenable\/terrascan(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
