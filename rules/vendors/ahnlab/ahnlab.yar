// SPDX-License-Identifier: Apache-2.0
rule ahnlab_kernel_driver
{
    meta:
        vendor = "ahnlab"
        product = "v3"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "magicsword-io/LOLDrivers yaml/f4e00816-97a8-4c2d-b990-9812f16fe3d3.yaml"
        basis = "OriginalFilename and ProductName, together"
    strings:
        $original = "OriginalFilename\x00ATHpExNt.sys\x00" wide
        $product = "ProductName\x00\x00AhnLab Security Product\x00" wide
    condition:
        tm_format == "pe" and $original and $product
}
