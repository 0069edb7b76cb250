// SPDX-License-Identifier: Apache-2.0
rule mcafee_oem_copy
{
    meta:
        vendor = "mcafee"
        product = "consumer-security"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/mcafee/mcutil.yml, sample 3124fcb79da0bdf9d0d1995e37b06f7929d83c1c4b60e38c104743be71170efe"
        basis = "FileDescription and OriginalFilename in the version resource of mcoemcpy.exe"
    strings:
        $description = "FileDescription\x00\x00McAfee OEM Info Copy Files\x00" wide
        $original = "OriginalFilename\x00mcoemcpy.exe\x00" wide
    condition:
        tm_format == "pe" and all of them
}
