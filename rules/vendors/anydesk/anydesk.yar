// SPDX-License-Identifier: Apache-2.0
rule anydesk_program
{
    meta:
        vendor = "anydesk"
        product = "anydesk"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "magicsword-io/LOLRMM yaml/anydesk.yaml"
        basis = "OriginalFilename and ProductName, together"
    strings:
        $original = "OriginalFilename\x00AnyDesk.exe\x00" wide
        $product = "ProductName\x00\x00AnyDesk\x00" wide
    condition:
        tm_format == "pe" and $original and $product
}
