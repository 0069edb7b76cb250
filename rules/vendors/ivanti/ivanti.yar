// SPDX-License-Identifier: Apache-2.0
rule ivanti_pulse_netbios_driver
{
    meta:
        vendor = "ivanti"
        product = "pulse-secure"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Neofltr.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "jnprTdi.pdb\x00"
        $original = "OriginalFilename\x00neofltr.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
