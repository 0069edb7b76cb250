// SPDX-License-Identifier: Apache-2.0
rule cyberark_go_kube_oidc_proxy
{
    meta:
        vendor = "cyberark"
        product = "kube-oidc-proxy"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/jetstack/kube-oidc-proxy"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/jetstack\/kube-oidc-proxy(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/jetstack\/kube-oidc-proxy(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cyberark_go_conjur_cli
{
    meta:
        vendor = "cyberark"
        product = "conjur-cli"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cyberark/conjur-cli-go"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cyberark\/conjur-cli-go(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cyberark\/conjur-cli-go(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cyberark_go_conjur_authn_k8s
{
    meta:
        vendor = "cyberark"
        product = "conjur-authn-k8s"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cyberark/conjur-authn-k8s-client"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cyberark\/conjur-authn-k8s-client(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cyberark\/conjur-authn-k8s-client(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cyberark_go_conjur_csi
{
    meta:
        vendor = "cyberark"
        product = "conjur-csi"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cyberark/conjur-k8s-csi-provider"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cyberark\/conjur-k8s-csi-provider(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cyberark\/conjur-k8s-csi-provider(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cyberark_go_secretless_broker
{
    meta:
        vendor = "cyberark"
        product = "secretless-broker"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cyberark/secretless-broker"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cyberark\/secretless-broker(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cyberark\/secretless-broker(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cyberark_go_summon
{
    meta:
        vendor = "cyberark"
        product = "summon"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cyberark/summon"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cyberark\/summon(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cyberark\/summon(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cyberark_go_summon_conjur
{
    meta:
        vendor = "cyberark"
        product = "summon-conjur"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cyberark/summon-conjur"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cyberark\/summon-conjur(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cyberark\/summon-conjur(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cyberark_go_terraform_conjur
{
    meta:
        vendor = "cyberark"
        product = "terraform-conjur"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cyberark/terraform-provider-conjur"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cyberark\/terraform-provider-conjur(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cyberark\/terraform-provider-conjur(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cyberark_go_jetstack_preflight
{
    meta:
        vendor = "cyberark"
        product = "jetstack-preflight"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/jetstack/preflight"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/jetstack\/preflight(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/jetstack\/preflight(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
