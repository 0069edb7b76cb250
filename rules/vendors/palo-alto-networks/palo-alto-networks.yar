// SPDX-License-Identifier: Apache-2.0
rule paloalto_cortex_xdr_driver
{
    meta:
        vendor = "palo-alto-networks"
        product = "cortex-xdr"
        weight = "medium"
        scope = "pe"
        reference = "elastic/protections-artifacts"
        basis = "description of the LPC driver"
    strings:
        $lpc = "Cortex XDR LPC Driver" wide
    condition:
        tm_format == "pe" and $lpc
}

rule paloalto_traps_linux
{
    meta:
        vendor = "palo-alto-networks"
        product = "cortex-xdr"
        weight = "medium"
        scope = "elf"
        reference = "public lists"
        basis = "paths inside the Linux agent"
    strings:
        $pmd = "/opt/traps/bin/pmd"
        $cytool = "/opt/traps/bin/cytool"
        $upgrades = "/opt/traps/download/upgrades"
        $conf = "/etc/panw/cortex.conf"
    condition:
        tm_format == "elf" and 2 of them
}
