# SPDX-License-Identifier: Apache-2.0
"""What files of the shipped rules' products hold, a rule a line: samples for the logic tests of rules.py are made of it."""
from rule_samples import elf, go_info, pe, version

# The main module of a program in Go.
GO = {
    "akamai_go_cli_terraform": "github.com/akamai/cli-terraform",
    "akamai_go_edgedns_registrar": "github.com/akamai/edgedns-registrar-coordinator",
    "akamai_go_terraform": "github.com/akamai/terraform-provider-akamai",
    "alibaba_go_assist": "github.com/aliyun/aliyun_assist_client",
    "alibaba_go_cli": "github.com/aliyun/aliyun-cli",
    "alibaba_go_terraform": "github.com/aliyun/terraform-provider-alicloud",
    "aquasecurity_go_kube_bench": "github.com/aquasecurity/kube-bench",
    "aquasecurity_go_postee": "github.com/aquasecurity/postee",
    "aquasecurity_go_tracee": "github.com/aquasecurity/tracee",
    "aquasecurity_go_trivy": "github.com/aquasecurity/trivy",
    "bytedance_go_elkeid": "github.com/bytedance/Elkeid/agent",
    "bytedance_go_elkeid_agent_center": "github.com/bytedance/Elkeid/server/agent_center",
    "bytedance_go_elkeid_collector": "github.com/bytedance/Elkeid/plugins/collector",
    "bytedance_go_elkeid_discovery": "github.com/bytedance/Elkeid/server/service_discovery",
    "bytedance_go_elkeid_manager": "github.com/bytedance/Elkeid/server/manager",
    "carbonblack_go_event_forwarder": "github.com/carbonblack/cb-event-forwarder",
    "carbonblack_go_octarine": "github.com/octarinesec/octarine-operator",
    "chaitin_go_veinmind": "github.com/chaitin/veinmind-tools",
    "checkpoint_go_terraform_checkpoint": "github.com/CheckPointSW/terraform-provider-checkpoint",
    "cisco_go_cilium": "github.com/cilium/cilium",
    "cisco_go_cilium_cli": "github.com/cilium/cilium-cli",
    "cisco_go_hubble": "github.com/cilium/hubble",
    "cisco_go_hubble_ui": "github.com/cilium/hubble-ui/backend",
    "cisco_go_terraform_dcnm": "github.com/CiscoDevNet/terraform-provider-dcnm",
    "cisco_go_terraform_intersight": "github.com/CiscoDevNet/terraform-provider-intersight",
    "cisco_go_terraform_sdwan": "github.com/CiscoDevNet/terraform-provider-sdwan",
    "cisco_go_tetragon": "github.com/cilium/tetragon",
    "cloudflare_go_cloudflared": "github.com/cloudflare/cloudflared",
    "crowdsec_go_engine": "github.com/crowdsecurity/crowdsec",
    "crowdsec_go_firewall_bouncer": "github.com/crowdsecurity/cs-firewall-bouncer",
    "crowdstrike_go_falcon_operator": "github.com/crowdstrike/falcon-operator",
    "crowdstrike_go_kubectl_falcon": "github.com/crowdstrike/kubectl-falcon",
    "cyberark_go_conjur_authn_k8s": "github.com/cyberark/conjur-authn-k8s-client",
    "cyberark_go_conjur_cli": "github.com/cyberark/conjur-cli-go",
    "cyberark_go_conjur_csi": "github.com/cyberark/conjur-k8s-csi-provider",
    "cyberark_go_jetstack_preflight": "github.com/jetstack/preflight",
    "cyberark_go_kube_oidc_proxy": "github.com/jetstack/kube-oidc-proxy",
    "cyberark_go_secretless_broker": "github.com/cyberark/secretless-broker",
    "cyberark_go_summon": "github.com/cyberark/summon",
    "cyberark_go_summon_conjur": "github.com/cyberark/summon-conjur",
    "cyberark_go_terraform_conjur": "github.com/cyberark/terraform-provider-conjur",
    "datadog_go_fleet_installer": "github.com/DataDog/datadog-agent/pkg/fleet/installer",
    "datadog_go_kubehound": "github.com/DataDog/KubeHound",
    "datadog_go_operator": "github.com/DataDog/datadog-operator",
    "datadog_go_stratus_red_team": "github.com/datadog/stratus-red-team",
    "delinea_go_dsv_k8s": "github.com/DelineaXPM/dsv-k8s",
    "delinea_go_tss_k8s": "github.com/DelineaXPM/tss-k8s",
    "elastic_go_agent": "github.com/elastic/elastic-agent",
    "elastic_go_apm_server": "github.com/elastic/apm-server",
    "elastic_go_beats": "github.com/elastic/beats",
    "elastic_go_cloud_on_k8s": "github.com/elastic/cloud-on-k8s",
    "elastic_go_fleet_server": "github.com/elastic/fleet-server",
    "fortinet_go_lacework_cli": "github.com/lacework/go-sdk",
    "fortinet_go_terraform_fortios": "github.com/terraform-providers/terraform-provider-fortios",
    "huawei_go_cloudeye_exporter": "github.com/huaweicloud/cloudeye-exporter",
    "imperva_go_terraform_incapsula": "github.com/terraform-providers/terraform-provider-incapsula",
    "limacharlie_go_usp_adapters": "github.com/refractionPOINT/usp-adapters",
    "netskope_go_terraform": "github.com/netskopeoss/terraform-provider-netskope",
    "nordvpn_go_linux": "github.com/NordSecurity/nordvpn-linux",
    "okta_go_auth0_cli": "github.com/auth0/auth0-cli",
    "orcasecurity_go_terraform_orca": "terraform-provider-orcasecurity",
    "paloaltonetworks_go_terraform_cortexcloud": "github.com/PaloAltoNetworks/terraform-provider-cortexcloud",
    "paloaltonetworks_go_terraform_panos": "github.com/PaloAltoNetworks/terraform-provider-panos",
    "paloaltonetworks_go_yor": "github.com/bridgecrewio/yor",
    "qihoo360_go_wayne": "github.com/Qihoo360/wayne",
    "rubrik_go_kronos": "github.com/rubrikinc/kronos",
    "snyk_go_driftctl": "github.com/snyk/driftctl",
    "snyk_go_policy_engine": "github.com/snyk/policy-engine",
    "snyk_go_vervet": "github.com/snyk/vervet",
    "splunk_go_operator": "github.com/splunk/splunk-operator",
    "splunk_go_otel_collector": "github.com/signalfx/splunk-otel-collector",
    "sysdig_go_kubectl_dig": "github.com/sysdiglabs/kubectl-dig",
    "tailscale_go_tailscale": "tailscale.com",
    "tenable_go_terrascan": "github.com/tenable/terrascan",
    "tencent_go_terraform": "github.com/tencentcloudstack/terraform-provider-tencentcloud",
    "twingate_go_pulumi": "github.com/Twingate/pulumi-twingate",
    "uptycs_go_cloudquery": "github.com/Uptycs/cloudquery",
    "veeam_go_kanister": "github.com/kanisterio/kanister",
    "vmware_go_astrolabe": "github.com/vmware-tanzu/astrolabe",
    "vmware_go_govc": "github.com/vmware/govmomi/govc",
    "vmware_go_load_balancer_operator": "github.com/vmware-tanzu/load-balancer-operator-for-kubernetes",
    "vmware_go_nsx_operator": "github.com/vmware-tanzu/nsx-operator",
    "vmware_go_octant": "github.com/vmware-tanzu/octant",
    "vmware_go_tanzu_framework": "github.com/vmware-tanzu/tanzu-framework",
    "vmware_go_vcsim": "github.com/vmware/govmomi/vcsim",
    "vmware_go_velero": "github.com/vmware-tanzu/velero",
    "vmware_go_vm_operator": "github.com/vmware-tanzu/vm-operator",
}

# Of a PE file: the debug file's name, strings of the version resource, further strings. Alternatives stand in samples of their own.
PE = {
    "avast_anti_rootkit_driver": (["aswArPot.pdb"], ["aswArPot.sys"], {"ProductName": "Avast Antivirus"}, []),
    "avast_vm_monitor_driver": (["aswVmm.pdb"], ["aswVmm.sys"], {}, []),
    "avast_ng_driver": (["ngiodriver_x64.pdb", "ngiodriver_x86.pdb"], ["ngiodriver.sys"], {}, []),
    "avg_anti_rootkit_driver": (["aswArPot.pdb"], ["aswArPot.sys"], {"ProductName": "AVG Internet Security System"}, []),
    "avg_self_protection_driver": (["aswSP.pdb"], ["aswSP.sys"], {}, ["IOCTL_ASWSP_START_REQUEST_AND_SET_RESULTS"]),
    "malwarebytes_chameleon_driver": (["MbamChameleon.pdb"], ["mbamchameleon.sys"], {}, []),
    "webroot_kernel_driver": (["WRKrn.pdb"], ["WRkrn.sys"], {}, []),
    "opentext_encase_driver": (["EnData.pdb"], ["EnPortv.sys"], {}, []),
    "opentext_novell_nicm": (["nicm.pdb"], ["NICM.SYS", "libnicm.sys"], {}, []),
    "opentext_novell_nscm": (["nscm.pdb"], ["nscm.sys"], {}, []),
    "comodo_kill_switch_driver": (["KillSwitch.pdb"], ["KillSwitch.sys"], {}, []),
    "comodo_system_utilities": ([], ["CFM.exe"], {"FileDescription": "Comodo System Utilities"}, []),
    "ivanti_pulse_netbios_driver": (["jnprTdi.pdb"], ["neofltr.sys"], {}, []),
    "opswat_appremover_driver": (["ardrv.pdb"], ["ardrv.sys"], {}, []),
    "opswat_oesis_driver": (["LibWasys.pdb"], ["libwasys.sys"], {}, []),
    "thales_hostnt_driver": (["HOSTNT.pdb"], ["Hostnt.sys"], {}, []),
    "groupib_huntpoint_driver": (["gibepext.pdb"], ["gibepext.sys"], {}, []),
    "gdata_kidsafe": ([], ["AVKKid.exe"], {"FileDescription": "G DATA Security Software - KidSafe"}, []),
    "trendmicro_common_driver": (["tmcomm.pdb"], ["TmComm.sys"], {}, []),
    "trendmicro_elam_driver": (["tmel.pdb"], ["Tmel.sys"], {}, []),
    "trendmicro_debug_log": ([], ["TmDbgLog.dll"], {"FileDescription": "TmDbgLog Dynamic Link Library"}, []),
    "trendmicro_firewall_service": ([], ["TmPfw.exe"], {"FileDescription": "Trend Micro Personal Firewall Service"}, []),
    "ahnlab_kernel_driver": ([], ["ATHpExNt.sys"], {"ProductName": "AhnLab Security Product"}, []),
    "k7_rootkit_scanner_driver": (["K7RKScan.pdb"], [], {"ProductName": "K7RKScan"}, []),
    "escan_process_observer_driver": (["procobsrvesx.pdb"], ["ProcObsrvesx.sys"], {}, []),
    "logmein_information_driver": (["lmiinfo.pdb"], ["LMIinfo.sys"], {}, []),
    "qihoo_dsark_driver": (["DsArk.pdb", "DsArk64.pdb"], ["dsark.sys", "DsArk64.sys"], {}, []),
    "qihoo_netmon_driver": (["360netmon_x64_wfp.pdb"], ["360netmon.sys"], {}, []),
    "qihoo_ludashi_driver": (["ComputerZ.pdb"], ["ComputerZ.Sys"], {}, []),
    "tencent_ksophon_driver": ([], ["KSophon_x64.sys"], {"FileDescription": "KSophon_x64 NT Driver"}, []),
    "rising_network_driver": (["rsndisp_win10-x64.pdb"], ["rsndisp.sys"], {}, []),
    "rising_spot_driver": (["rspot_win10-x64.pdb"], ["rspot.sys"], {}, []),
    "kingsoft_ksapi_driver": (["ksapi64.pdb"], ["ksapi.sys"], {}, []),
    "kingsoft_firewall_driver": ([], ["ktdifilt.sys"], {"ProductName": "Kingsoft Internet Security"}, []),
    "kingsoft_wps_presentation": ([], ["wpp.exe"], {"FileDescription": "WPS Presentation"}, []),
    "kingsoft_drivergenius_driver": (["MyDrivers.pdb"], ["mydrivers.sys"], {}, []),
    "antiy_tools_driver": (["AToolsKrnl64.pdb"], ["Atools2.sys"], {}, []),
    "huawei_hardware_driver": (["HwOs2Ecx64.pdb", "HwOs2Ec10x64_C233.pdb"], ["HwOs2Ec.sys"], {}, []),
    "huawei_audio_driver": ([], ["HWAuidoOs2Ec.sys"], {"ProductName": "Huawei Audio Driver"}, []),
    "baidu_api_driver": (["BdApiUtil64.pdb"], [], {"ProductName": "Baidu Antivirus"}, []),
    "iobit_unlocker_driver": (["IObitUnlocker.pdb"], ["IObitUnlocker.sys"], {}, []),
    "iobit_malware_fighter_driver": ([], ["ForceDelete.sys"], {"ProductName": "IObit Malware Fighter"}, []),
    "iobit_systemcare_driver": ([], ["Monitor.sys"], {"ProductName": "Advanced SystemCare"}, []),
    "iobit_rtt_helper": ([], ["RttHlp.exe"], {"FileDescription": "IObit RttHlp"}, []),
    "zemana_antimalware_driver": (["zam64.pdb", "zam32.pdb"], [], {}, ["IOCTL_FIX_CRITICAL_KERNEL_FUNCTIONS"]),
    "zemana_antilogger_driver": (["KeyCrypt64.pdb", "Win8KeyCrypt64.pdb"], [], {}, ["IOCTL_KEYCRYPT_SYNC_INDEXES", "IOCTL_KEYCRYPT_DEACTIVATE_ENCRYPTION"]),
    "gendigital_ccleaner_reactivator": ([], ["CCleanerReactivator.exe", "CCleanerReactivator.dll"], {"FileDescription": "CCleaner Reactivator"}, []),
    "anydesk_program": ([], ["AnyDesk.exe"], {"ProductName": "AnyDesk"}, []),
    "atera_agent": ([], ["AteraAgent.exe"], {}, []),
    "action1_agent": ([], ["action1_agent.exe"], {}, []),
}


def go_samples(module):
    """The main module with and without a major version, and a main package as a build without modules has it."""
    return [elf(go_info(f"{module}/cmd/x", module)), pe(go_info(module, f"{module}/v2")), elf(f"path\t{module}/cmd/x\nbuild\t-compiler=gc\n".encode())]


def pe_samples(pdbs, originals, strings, texts):
    """One file for each debug file and each original name, with all else."""
    made = []
    for pdb in pdbs or [None]:
        for original in originals or [None]:
            resource = dict({"CompanyName": "Touchmark Test"}, **strings, **({"OriginalFilename": original} if original else {}))
            made.append(pe(*[t.encode() for t in texts], *([b"RSDS" + bytes(range(1, 21)) + f"d:\\x\\{pdb}".encode()] if pdb else []), resource=version(**resource)))
    return made


def samples():
    """Rule to samples, for all of the tables above."""
    return dict({rule: go_samples(module) for rule, module in GO.items()}, **{rule: pe_samples(*row) for rule, row in PE.items()})


def values():
    """Every value of the tables: what content that detects these products holds."""
    for module in GO.values():
        yield "Module", module
    for pdbs, originals, strings, texts in PE.values():
        for key, found in (("Pdb", pdbs), ("OriginalFileName", originals), ("Product", strings.values()), ("Strings", texts)):
            for value in found:
                yield key, value
