// SPDX-License-Identifier: Apache-2.0
rule crowdsec_go_engine
{
    meta:
        vendor = "crowdsec"
        product = "engine"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/crowdsecurity/crowdsec"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/crowdsecurity\/crowdsec(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/crowdsecurity\/crowdsec(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule crowdsec_go_firewall_bouncer
{
    meta:
        vendor = "crowdsec"
        product = "firewall-bouncer"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/crowdsecurity/cs-firewall-bouncer"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/crowdsecurity\/cs-firewall-bouncer(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/crowdsecurity\/cs-firewall-bouncer(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
