// SPDX-License-Identifier: Apache-2.0
rule cloudflare_go_cloudflared
{
    meta:
        vendor = "cloudflare"
        product = "cloudflared"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cloudflare/cloudflared"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cloudflare\/cloudflared(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cloudflare\/cloudflared(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
