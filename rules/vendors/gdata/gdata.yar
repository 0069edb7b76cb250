// SPDX-License-Identifier: Apache-2.0
rule gdata_kidsafe
{
    meta:
        vendor = "gdata"
        product = "security"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/gdata/avkkid.yml"
        basis = "OriginalFilename and FileDescription, together"
    strings:
        $original = "OriginalFilename\x00AVKKid.exe\x00" wide
        $description = "FileDescription\x00\x00G DATA Security Software - KidSafe\x00" wide
    condition:
        tm_format == "pe" and $original and $description
}
