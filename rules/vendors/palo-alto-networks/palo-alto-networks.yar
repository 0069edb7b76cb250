// SPDX-License-Identifier: Apache-2.0
rule paloalto_cortex_xdr_driver
{
    meta:
        vendor = "palo-alto-networks"
        product = "cortex-xdr"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Cyvrlpc.yar, samples 2cd7a0c4e8d24404c92e4ed8539b2136028a8ca663f3432e417b00665493e13f, 05f8f514d1367aca856564af5443a75f47d22a30ce63f0b024a41e6b9553a527"
        basis = "OriginalFilename and description in the version resource; both samples were signed anew by strangers"
    strings:
        $original = "OriginalFilename\x00cyvrlpc.sys\x00" wide
        $description = "Cortex XDR LPC Driver" wide
    condition:
        tm_format == "pe" and all of them
}
