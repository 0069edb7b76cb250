// SPDX-License-Identifier: Apache-2.0
rule rubrik_go_kronos
{
    meta:
        vendor = "rubrik"
        product = "kronos"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/rubrikinc/kronos"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/rubrikinc\/kronos(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/rubrikinc\/kronos(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
