// SPDX-License-Identifier: Apache-2.0
rule checkpoint_open_appsec
{
    meta:
        vendor = "check-point"
        product = "open-appsec"
        weight = "medium"
        scope = "elf"
        witness = "build"
        reference = "openappsec/openappsec nodes/CMakeLists.txt, core/CMakeLists.txt, nodes/http_transaction_handler/CMakeLists.txt"
        basis = "shared libraries that every node of the agent is linked with, whole names as the dynamic section holds them; no program was at hand"
    strings:
        $core = "\x00libngen_core.so\x00"
        $boost = "\x00libboost_"
        $zip = "\x00libcompression_utils.so\x00"
        $ipc = "\x00libshmem_ipc.so\x00"
        $attachment = "\x00libnginx_attachment_util.so\x00"
    condition:
        tm_format == "elf" and $core and $boost and any of ($zip, $ipc, $attachment)
}

rule checkpoint_zonealarm_driver
{
    meta:
        vendor = "check-point"
        product = "zonealarm"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Vsdatant.yar, sample 1c43f33573a0815c5edc5e18ba1038afdd11f55a7cd8b08ba59b8f7357117e4c"
        basis = "debug path and OriginalFilename of the firewall driver, together"
    strings:
        $pdb = "vsdatant.pdb\x00"
        $original = "OriginalFilename\x00VSDATANT.SYS\x00" wide
    condition:
        tm_format == "pe" and all of them
}

rule checkpoint_go_terraform_checkpoint
{
    meta:
        vendor = "check-point"
        product = "terraform-checkpoint"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/CheckPointSW/terraform-provider-checkpoint"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/CheckPointSW\/terraform-provider-checkpoint(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/CheckPointSW\/terraform-provider-checkpoint(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
