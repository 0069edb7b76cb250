// SPDX-License-Identifier: Apache-2.0
rule nordvpn_go_linux
{
    meta:
        vendor = "nordvpn"
        product = "linux"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/NordSecurity/nordvpn-linux"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/NordSecurity\/nordvpn-linux(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/NordSecurity\/nordvpn-linux(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
