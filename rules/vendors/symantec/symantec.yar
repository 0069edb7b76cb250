// SPDX-License-Identifier: Apache-2.0
rule symantec_event_monitor_driver
{
    meta:
        vendor = "symantec"
        product = "endpoint-protection"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Symantec.yar, sample 7877c1b0e7429453b750218ca491c2825dae684ad9616642eff7b41715c70aca"
        basis = "debug path and OriginalFilename of the event monitor, together"
    strings:
        $pdb = "VProEventMonitor.pdb\x00"
        $original = "OriginalFilename\x00VProEventMonitor.Sys\x00" wide
    condition:
        tm_format == "pe" and all of them
}

rule symantec_encryption_driver
{
    meta:
        vendor = "symantec"
        product = "encryption-desktop"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Symantec.yar, samples 02579d833200abb641e476468bafd1f07d448f3d232f70cc34e2adad402b5c75, 5247d4ab237e8fc486ce95d018bd92074b2a8cf1af351cd699a5b4a9355c7071"
        basis = "debug path and OriginalFilename of the disk encryption driver, together"
    strings:
        $pdb = "PGPwded.pdb\x00"
        $original = "OriginalFilename\x00PGPwded.sys\x00" wide
    condition:
        tm_format == "pe" and all of them
}
