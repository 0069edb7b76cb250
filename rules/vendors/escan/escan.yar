// SPDX-License-Identifier: Apache-2.0
rule escan_process_observer_driver
{
    meta:
        vendor = "escan"
        product = "escan"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_ProcObsrvesx.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "procobsrvesx.pdb\x00"
        $original = "OriginalFilename\x00ProcObsrvesx.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
