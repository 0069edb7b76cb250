// SPDX-License-Identifier: Apache-2.0
rule fortra_tripwire
{
    meta:
        vendor = "fortra"
        product = "tripwire"
        weight = "strong"
        scope = "elf"
        witness = "code"
        reference = "Debian tripwire 2.4.3.7-4+b15"
        basis = "messages of the four programs, each at the start of a string of its own"
    strings:
        $year = "\x00Tripwire is not designed to run past the year 2038."
        $name = "\x00Open Source Tripwire(R) "
    condition:
        tm_format == "elf" and all of them
}
