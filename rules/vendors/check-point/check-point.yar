// SPDX-License-Identifier: Apache-2.0
rule checkpoint_open_appsec
{
    meta:
        vendor = "check-point"
        product = "open-appsec"
        weight = "medium"
        scope = "elf"
        reference = "openappsec/openappsec"
        basis = "libraries and files of the nano agent"
    strings:
        $lib = "libngen_core.so"
        $att = "libnginx_attachment_util.so"
        $dog = "/etc/cp/watchdog/cp-nano-watchdog"
        $http = "cp-nano-http-transaction-handler"
        $zip = "libcompression_utils.so"
    condition:
        tm_format == "elf" and 2 of them
}

rule checkpoint_zonealarm_driver
{
    meta:
        vendor = "check-point"
        product = "zonealarm"
        weight = "medium"
        scope = "pe"
        reference = "elastic/protections-artifacts"
        basis = "debug path of the firewall driver"
    strings:
        $pdb = "vsdatant.pdb"
    condition:
        tm_format == "pe" and $pdb
}
