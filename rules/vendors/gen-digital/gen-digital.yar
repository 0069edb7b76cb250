// SPDX-License-Identifier: Apache-2.0
rule gendigital_ccleaner_reactivator
{
    meta:
        vendor = "gen-digital"
        product = "ccleaner"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/gendigital/ccleanerreactivator.yml"
        basis = "OriginalFilename and FileDescription, together"
    strings:
        $original1 = "OriginalFilename\x00CCleanerReactivator.exe\x00" wide
        $original2 = "OriginalFilename\x00CCleanerReactivator.dll\x00" wide
        $description = "FileDescription\x00\x00CCleaner Reactivator\x00" wide
    condition:
        tm_format == "pe" and (($original1 or $original2) and $description)
}
