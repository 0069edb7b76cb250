// SPDX-License-Identifier: Apache-2.0
rule cyera_connector_tables
{
    meta:
        vendor = "cyera"
        product = "cyera-dlp"
        weight = "weak"
        scope = "any"
        reference = "public lists"
        basis = "tables of a connector; whoever reads them names them"
    strings:
        $assets = "CyeraAssets_MS_CL"
        $classes = "CyeraClassifications_CL"
        $issues = "CyeraIssues_CL"
    condition:
        2 of them
}
