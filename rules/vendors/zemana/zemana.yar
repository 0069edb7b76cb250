// SPDX-License-Identifier: Apache-2.0
rule zemana_antimalware_driver
{
    meta:
        vendor = "zemana"
        product = "anti-malware"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Zam.yar"
        basis = "debug record with the name of the file, and strings of the driver, together"
    strings:
        $pdb1 = /RSDS.{20}[^\x00]{0,250}zam64\.pdb\x00/s
        $pdb2 = /RSDS.{20}[^\x00]{0,250}zam32\.pdb\x00/s
        $text = "IOCTL_FIX_CRITICAL_KERNEL_FUNCTIONS"
    condition:
        tm_format == "pe" and (($pdb1 or $pdb2) and $text)
}

rule zemana_antilogger_driver
{
    meta:
        vendor = "zemana"
        product = "antilogger"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Zemana.yar"
        basis = "debug record with the name of the file, and strings of the driver, together"
    strings:
        $pdb1 = /RSDS.{20}[^\x00]{0,250}KeyCrypt64\.pdb\x00/s
        $pdb2 = /RSDS.{20}[^\x00]{0,250}Win8KeyCrypt64\.pdb\x00/s
        $text0 = "IOCTL_KEYCRYPT_SYNC_INDEXES"
        $text1 = "IOCTL_KEYCRYPT_DEACTIVATE_ENCRYPTION"
    condition:
        tm_format == "pe" and (($pdb1 or $pdb2) and $text0 and $text1)
}
