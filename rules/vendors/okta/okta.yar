// SPDX-License-Identifier: Apache-2.0
rule okta_go_auth0_cli
{
    meta:
        vendor = "okta"
        product = "auth0-cli"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/auth0/auth0-cli"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/auth0\/auth0-cli(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/auth0\/auth0-cli(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
