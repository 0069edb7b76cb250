// SPDX-License-Identifier: Apache-2.0
rule veeam_go_kanister
{
    meta:
        vendor = "veeam"
        product = "kanister"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/kanisterio/kanister"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/kanisterio\/kanister(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/kanisterio\/kanister(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
