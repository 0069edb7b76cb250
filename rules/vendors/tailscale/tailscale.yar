// SPDX-License-Identifier: Apache-2.0
rule tailscale_go_tailscale
{
    meta:
        vendor = "tailscale"
        product = "tailscale"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of tailscale.com"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\ttailscale\.com(\/v[0-9]{1,2})?\t/
        $package = /path\ttailscale\.com(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
