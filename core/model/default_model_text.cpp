// The text of default_model.json, which is the one to edit; after a change its text goes between the two marks below,
// unchanged. A test compares the two.

#include "model/default_model.hpp"

namespace mainstay {

// clang-format off
const std::string_view default_model_text =
R"model({
  "classes": [
    {
      "name": "Item", "abstract": true,
      "attributes": [
        {"name": "id", "type": "string", "description": "The name other systems know it by; identifies it when data is imported."},
        {"name": "name", "type": "string"},
        {"name": "description", "type": "string"},
        {"name": "owner", "type": "string"},
        {"name": "tags", "type": "list"}
      ],
      "keys": [["id"]],
      "description": "Anything that is recorded. Services and configuration items, assets and process records are layers of their own and touch only through relationships."
    },
    {
      "name": "ConfigurationItem", "parent": "Item", "abstract": true,
      "attributes": [
        {"name": "lifecycle_stage", "type": "string", "enum": ["plan", "design", "build", "deploy", "operate", "retire"]},
        {"name": "lifecycle_status", "type": "string"},
        {"name": "operational_status", "type": "string", "description": "What it is doing now; IMPACT OF ... FROM STATUS reads it."},
        {"name": "environment", "type": "string"},
        {"name": "criticality", "type": "string"},
        {"name": "location", "type": "string"}
      ],
      "status": {"attribute": "operational_status", "down": ["down", "failed", "non_operational", "retired"], "degraded": ["degraded", "impaired"]},
      "lifecycle": {"attribute": "lifecycle_stage", "states": ["plan", "design", "build", "deploy", "operate", "retire"], "transitions": {"plan": ["design", "retire"], "design": ["build", "retire"], "build": ["deploy", "retire"], "deploy": ["operate", "retire"], "operate": ["design", "retire"]}},
      "description": "What is operated: a service or a part of one. Its identity and relationships stay while the asset behind it is swapped."
    },
    {"name": "ServiceLayer", "parent": "ConfigurationItem", "abstract": true},
    {
      "name": "BusinessCapability", "parent": "ServiceLayer",
      "attributes": [
        {"name": "level", "type": "integer"}
      ],
      "description": "What the organisation is able to do."
    },
    {
      "name": "BusinessProcess", "parent": "ServiceLayer",
      "description": "A chain of activities that uses services."
    },
    {
      "name": "BusinessApplication", "parent": "ServiceLayer",
      "attributes": [
        {"name": "vendor", "type": "string"},
        {"name": "version", "type": "string"},
        {"name": "business_owner", "type": "string"},
        {"name": "technical_owner", "type": "string"}
      ],
      "description": "An application as planned and funded; what runs is its ServiceInstance."
    },
    {
      "name": "BusinessService", "parent": "ServiceLayer",
      "attributes": [
        {"name": "rto", "type": "duration", "description": "Recovery time objective."},
        {"name": "rpo", "type": "duration", "description": "Recovery point objective."},
        {"name": "users", "type": "integer"}
      ],
      "description": "What a customer or a business unit buys."
    },
    {
      "name": "TechnologyManagementService", "parent": "ServiceLayer",
      "description": "What technology teams provide to others (formerly technical service)."
    },
    {
      "name": "ServiceOffering", "parent": "ServiceLayer",
      "attributes": [
        {"name": "availability", "type": "float", "unit": "%"},
        {"name": "support_hours", "type": "string"},
        {"name": "response_time", "type": "duration"},
        {"name": "resolution_time", "type": "duration"},
        {"name": "price", "type": "float"},
        {"name": "currency", "type": "string"}
      ],
      "description": "A service with its commitments."
    },
    {
      "name": "ServiceInstance", "parent": "ServiceLayer",
      "attributes": [
        {"name": "version", "type": "string"},
        {"name": "url", "type": "string"}
      ],
      "description": "A deployed stack that works as one (formerly application service)."
    },
    {
      "name": "DynamicCIGroup", "parent": "ServiceLayer",
      "attributes": [
        {"name": "query", "type": "string", "description": "The statement whose result are its members."}
      ],
      "description": "A set of configuration items given by a query; carries no impact."
    },
    {
      "name": "SoftwareCI", "parent": "ConfigurationItem", "abstract": true,
      "attributes": [
        {"name": "version", "type": "string"},
        {"name": "vendor", "type": "string"},
        {"name": "install_path", "type": "string"}
      ]
    },
    {
      "name": "Application", "parent": "SoftwareCI",
      "attributes": [
        {"name": "port", "type": "integer"}
      ],
      "description": "Software that is installed or runs."
    },
    {
      "name": "ApplicationServer", "parent": "SoftwareCI",
      "attributes": [
        {"name": "port", "type": "integer"}
      ]
    },
    {
      "name": "WebServer", "parent": "SoftwareCI",
      "attributes": [
        {"name": "port", "type": "integer"}
      ]
    },
    {
      "name": "DatabaseInstance", "parent": "SoftwareCI",
      "attributes": [
        {"name": "engine", "type": "string"},
        {"name": "port", "type": "integer"}
      ],
      "description": "A running database server."
    },
    {
      "name": "Database", "parent": "SoftwareCI",
      "attributes": [
        {"name": "size", "type": "float", "unit": "GB"}
      ],
      "description": "One database of an instance."
    },
    {
      "name": "Middleware", "parent": "SoftwareCI",
      "attributes": [
        {"name": "port", "type": "integer"}
      ]
    },
    {
      "name": "OperatingSystem", "parent": "SoftwareCI",
      "attributes": [
        {"name": "family", "type": "string"},
        {"name": "kernel", "type": "string"}
      ]
    },
    {
      "name": "Container", "parent": "SoftwareCI",
      "attributes": [
        {"name": "image", "type": "string"},
        {"name": "runtime", "type": "string"},
        {"name": "namespace", "type": "string"}
      ]
    },
    {
      "name": "Endpoint", "parent": "SoftwareCI",
      "attributes": [
        {"name": "url", "type": "string"},
        {"name": "protocol", "type": "string"},
        {"name": "port", "type": "integer"}
      ],
      "description": "Where something can be called: an API, a URL, a port."
    },
    {
      "name": "Certificate", "parent": "SoftwareCI",
      "attributes": [
        {"name": "subject", "type": "string"},
        {"name": "issuer", "type": "string"},
        {"name": "serial", "type": "string"},
        {"name": "not_before", "type": "date"},
        {"name": "not_after", "type": "date"},
        {"name": "fingerprint", "type": "string"}
      ],
      "keys": [["fingerprint"], ["id"]]
    },
    {
      "name": "ComputeCI", "parent": "ConfigurationItem", "abstract": true,
      "attributes": [
        {"name": "serial", "type": "string"},
        {"name": "hostname", "type": "string"},
        {"name": "manufacturer", "type": "string"},
        {"name": "model", "type": "string"},
        {"name": "os", "type": "string"},
        {"name": "cpus", "type": "integer"},
        {"name": "memory", "type": "float", "unit": "GB"}
      ]
    },
    {
      "name": "Server", "parent": "ComputeCI",
      "attributes": [
        {"name": "rack", "type": "string"},
        {"name": "rack_unit", "type": "integer"}
      ],
      "keys": [["serial"], ["id"]],
      "description": "A physical server."
    },
    {
      "name": "VirtualMachine", "parent": "ComputeCI",
      "attributes": [
        {"name": "uuid", "type": "string"}
      ],
      "keys": [["uuid"], ["id"]]
    },
    {
      "name": "Hypervisor", "parent": "ComputeCI",
      "attributes": [
        {"name": "product", "type": "string"},
        {"name": "version", "type": "string"}
      ]
    },
    {
      "name": "Cluster", "parent": "ComputeCI", "gate": true,
      "attributes": [
        {"name": "need", "type": "any", "default": 1, "description": "How many members it needs: an integer or 'P%'."}
      ],
      "description": "Machines that stand in for each other; works while enough of them do."
    },
    {
      "name": "KubernetesCluster", "parent": "Cluster",
      "attributes": [
        {"name": "version", "type": "string"},
        {"name": "distribution", "type": "string"}
      ]
    },
    {
      "name": "CloudResource", "parent": "ComputeCI",
      "attributes": [
        {"name": "provider", "type": "string"},
        {"name": "region", "type": "string"},
        {"name": "account", "type": "string"},
        {"name": "resource_type", "type": "string"},
        {"name": "resource_id", "type": "string"}
      ],
      "keys": [["provider", "resource_id"], ["id"]]
    },
    {
      "name": "Computer", "parent": "ComputeCI",
      "attributes": [
        {"name": "assigned_user", "type": "string"}
      ],
      "keys": [["serial"], ["id"]],
      "description": "An end user's machine."
    },
    {
      "name": "MobileDevice", "parent": "ComputeCI",
      "attributes": [
        {"name": "imei", "type": "string"},
        {"name": "phone_number", "type": "string"}
      ],
      "keys": [["imei"], ["serial"], ["id"]]
    },
    {"name": "NetworkCI", "parent": "ConfigurationItem", "abstract": true},
    {
      "name": "NetworkDevice", "parent": "NetworkCI",
      "attributes": [
        {"name": "role", "type": "string", "description": "switch, router, firewall, balancer, ..."},
        {"name": "serial", "type": "string"},
        {"name": "manufacturer", "type": "string"},
        {"name": "model", "type": "string"},
        {"name": "firmware", "type": "string"},
        {"name": "management_ip", "type": "string"}
      ],
      "keys": [["serial"], ["id"]]
    },
    {
      "name": "NetworkInterface", "parent": "NetworkCI",
      "attributes": [
        {"name": "mac", "type": "string"},
        {"name": "speed", "type": "float", "unit": "Gbit/s"},
        {"name": "mtu", "type": "integer"},
        {"name": "enabled", "type": "boolean"}
      ]
    },
    {
      "name": "Network", "parent": "NetworkCI",
      "attributes": [
        {"name": "cidr", "type": "string"},
        {"name": "vlan", "type": "integer"},
        {"name": "zone", "type": "string"}
      ],
      "description": "A subnet or VLAN."
    },
    {
      "name": "IPAddress", "parent": "NetworkCI",
      "attributes": [
        {"name": "address", "type": "string"},
        {"name": "vrf", "type": "string"}
      ],
      "keys": [["vrf", "address"], ["id"]]
    },
    {
      "name": "Circuit", "parent": "NetworkCI",
      "attributes": [
        {"name": "provider", "type": "string"},
        {"name": "circuit_id", "type": "string"},
        {"name": "bandwidth", "type": "float", "unit": "Gbit/s"}
      ],
      "keys": [["provider", "circuit_id"], ["id"]]
    },
    {
      "name": "StorageCI", "parent": "ConfigurationItem", "abstract": true,
      "attributes": [
        {"name": "capacity", "type": "float", "unit": "GB"}
      ]
    },
    {
      "name": "StorageSystem", "parent": "StorageCI",
      "attributes": [
        {"name": "serial", "type": "string"},
        {"name": "manufacturer", "type": "string"},
        {"name": "model", "type": "string"},
        {"name": "firmware", "type": "string"}
      ],
      "keys": [["serial"], ["id"]]
    },
    {
      "name": "StorageVolume", "parent": "StorageCI",
      "attributes": [
        {"name": "volume_id", "type": "string"},
        {"name": "raid", "type": "string"}
      ]
    },
    {"name": "FacilityCI", "parent": "ConfigurationItem", "abstract": true},
    {
      "name": "Site", "parent": "FacilityCI",
      "attributes": [
        {"name": "address", "type": "string"},
        {"name": "city", "type": "string"},
        {"name": "country", "type": "string"},
        {"name": "latitude", "type": "float"},
        {"name": "longitude", "type": "float"}
      ]
    },
    {
      "name": "Room", "parent": "FacilityCI",
      "attributes": [
        {"name": "floor", "type": "string"},
        {"name": "area", "type": "float", "unit": "m2"}
      ]
    },
    {
      "name": "Rack", "parent": "FacilityCI",
      "attributes": [
        {"name": "units", "type": "integer"},
        {"name": "max_power", "type": "float", "unit": "kW"}
      ]
    },
    {
      "name": "Enclosure", "parent": "FacilityCI",
      "attributes": [
        {"name": "serial", "type": "string"},
        {"name": "slots", "type": "integer"}
      ]
    },
    {
      "name": "PowerSource", "parent": "FacilityCI",
      "attributes": [
        {"name": "kind", "type": "string", "description": "utility, generator, UPS, battery"},
        {"name": "capacity", "type": "float", "unit": "kVA"}
      ]
    },
    {
      "name": "PowerDistributionUnit", "parent": "FacilityCI",
      "attributes": [
        {"name": "serial", "type": "string"},
        {"name": "outlets", "type": "integer"},
        {"name": "capacity", "type": "float", "unit": "kVA"}
      ]
    },
    {
      "name": "RedundancyGroup", "parent": "ConfigurationItem", "gate": true,
      "attributes": [
        {"name": "need", "type": "any", "default": 1, "description": "How many members it needs: an integer or 'P%'."}
      ],
      "requires": ["MEMBER_OF"],
      "description": "Exists only to say how many of its members are needed; without members it is broken. May contain groups."
    },
    {
      "name": "DocumentCI", "parent": "ConfigurationItem",
      "attributes": [
        {"name": "url", "type": "string"},
        {"name": "kind", "type": "string", "description": "runbook, plan, contract text"},
        {"name": "reviewed_on", "type": "date"}
      ]
    },
    {
      "name": "Asset", "parent": "Item", "abstract": true,
      "attributes": [
        {"name": "asset_tag", "type": "string"},
        {"name": "state", "type": "string", "enum": ["requested", "approved", "ordered", "in_stock", "in_use", "in_maintenance", "pending_disposal", "disposed", "lost"]},
        {"name": "custodian", "type": "string"},
        {"name": "cost_center", "type": "string"},
        {"name": "purchase_cost", "type": "float"},
        {"name": "currency", "type": "string"},
        {"name": "purchase_date", "type": "date"},
        {"name": "in_service_date", "type": "date"},
        {"name": "depreciation", "type": "string"},
        {"name": "disposal_date", "type": "date"}
      ],
      "keys": [["asset_tag"], ["id"]],
      "status": {"attribute": "state", "down": ["in_maintenance", "pending_disposal", "disposed", "lost"]},
      "lifecycle": {"attribute": "state", "states": ["requested", "approved", "ordered", "in_stock", "in_use", "in_maintenance", "pending_disposal", "disposed", "lost"], "transitions": {"requested": ["approved", "disposed"], "approved": ["ordered", "in_stock"], "ordered": ["in_stock", "in_use"], "in_stock": ["in_use", "in_maintenance", "pending_disposal", "lost"], "in_use": ["in_stock", "in_maintenance", "pending_disposal", "lost"], "in_maintenance": ["in_stock", "in_use", "pending_disposal"], "pending_disposal": ["disposed", "in_stock"], "lost": ["in_stock", "disposed"]}},
      "description": "What is owned: money, contract, warranty. It may be swapped under a configuration item without touching it."
    },
    {
      "name": "HardwareAsset", "parent": "Asset",
      "attributes": [
        {"name": "serial", "type": "string"},
        {"name": "manufacturer", "type": "string"},
        {"name": "model", "type": "string"},
        {"name": "warranty_end", "type": "date"},
        {"name": "end_of_life", "type": "date"}
      ],
      "keys": [["serial"], ["asset_tag"], ["id"]]
    },
    {
      "name": "SoftwareLicense", "parent": "Asset",
      "attributes": [
        {"name": "product", "type": "string"},
        {"name": "metric", "type": "string", "description": "per device, user, core, ..."},
        {"name": "quantity", "type": "integer"},
        {"name": "term_start", "type": "date"},
        {"name": "term_end", "type": "date"},
        {"name": "binding", "type": "string", "enum": ["device", "user"]},
        {"name": "reharvest_after", "type": "duration"}
      ],
      "description": "An entitlement."
    },
    {
      "name": "Subscription", "parent": "Asset",
      "attributes": [
        {"name": "product", "type": "string"},
        {"name": "quantity", "type": "integer"},
        {"name": "renews_on", "type": "date"}
      ]
    },
    {
      "name": "Consumable", "parent": "Asset",
      "attributes": [
        {"name": "quantity", "type": "integer"},
        {"name": "minimum", "type": "integer"}
      ]
    },
    {
      "name": "ProductModel", "parent": "Asset",
      "attributes": [
        {"name": "manufacturer", "type": "string"},
        {"name": "model_number", "type": "string"},
        {"name": "category", "type": "string"},
        {"name": "end_of_sale", "type": "date"},
        {"name": "end_of_life", "type": "date"},
        {"name": "end_of_support", "type": "date"}
      ],
      "keys": [["manufacturer", "model_number"], ["id"]],
      "description": "The catalogue entry many assets are of."
    },
    {"name": "Commercial", "parent": "Item", "abstract": true},
    {
      "name": "Contract", "parent": "Commercial",
      "attributes": [
        {"name": "number", "type": "string"},
        {"name": "kind", "type": "string", "enum": ["purchase", "lease", "support", "warranty", "licence", "customer"]},
        {"name": "starts_on", "type": "date"},
        {"name": "ends_on", "type": "date"},
        {"name": "notice_period", "type": "duration"},
        {"name": "cost", "type": "float"},
        {"name": "currency", "type": "string"}
      ]
    },
    {
      "name": "PurchaseOrder", "parent": "Commercial",
      "attributes": [
        {"name": "number", "type": "string"},
        {"name": "ordered_on", "type": "date"},
        {"name": "total", "type": "float"},
        {"name": "currency", "type": "string"}
      ]
    },
    {
      "name": "CostItem", "parent": "Commercial",
      "attributes": [
        {"name": "amount", "type": "float"},
        {"name": "currency", "type": "string"},
        {"name": "period", "type": "string"},
        {"name": "account", "type": "string"}
      ]
    },
    {"name": "Party", "parent": "Item", "abstract": true},
    {
      "name": "Organization", "parent": "Party",
      "attributes": [
        {"name": "roles", "type": "list", "description": "internal, customer, vendor, manufacturer"},
        {"name": "country", "type": "string"}
      ]
    },
    {
      "name": "Team", "parent": "Party",
      "attributes": [
        {"name": "email", "type": "string"},
        {"name": "on_call", "type": "string"}
      ]
    },
    {
      "name": "Person", "parent": "Party",
      "attributes": [
        {"name": "email", "type": "string"},
        {"name": "phone", "type": "string"},
        {"name": "title", "type": "string"},
        {"name": "department", "type": "string"},
        {"name": "active", "type": "boolean"}
      ],
      "keys": [["email"], ["id"]]
    },
    {
      "name": "ProcessRecord", "parent": "Item", "abstract": true,
      "attributes": [
        {"name": "number", "type": "string"},
        {"name": "state", "type": "string"},
        {"name": "priority", "type": "string"},
        {"name": "opened_at", "type": "datetime"},
        {"name": "closed_at", "type": "datetime"}
      ]
    },
    {
      "name": "Incident", "parent": "ProcessRecord",
      "attributes": [
        {"name": "severity", "type": "string"},
        {"name": "resolved_at", "type": "datetime"}
      ]
    },
    {
      "name": "Problem", "parent": "ProcessRecord",
      "attributes": [
        {"name": "known_error", "type": "boolean"},
        {"name": "workaround", "type": "string"}
      ]
    },
    {
      "name": "Change", "parent": "ProcessRecord",
      "attributes": [
        {"name": "kind", "type": "string", "enum": ["standard", "normal", "emergency"]},
        {"name": "risk", "type": "string"},
        {"name": "planned_start", "type": "datetime"},
        {"name": "planned_end", "type": "datetime"},
        {"name": "change_set", "type": "string", "description": "The planned change that holds its edits."}
      ]
    },
    {
      "name": "ServiceRequest", "parent": "ProcessRecord",
      "attributes": [
        {"name": "requested_for", "type": "string"}
      ]
    },
    {
      "name": "Approval", "parent": "ProcessRecord",
      "attributes": [
        {"name": "decision", "type": "string", "enum": ["requested", "approved", "rejected"]},
        {"name": "approver", "type": "string"}
      ]
    },
    {
      "name": "Event", "parent": "ProcessRecord",
      "attributes": [
        {"name": "source", "type": "string"},
        {"name": "severity", "type": "string"},
        {"name": "occurred_at", "type": "datetime"}
      ]
    },
    {
      "name": "MaintenanceWindow", "parent": "ProcessRecord",
      "attributes": [
        {"name": "kind", "type": "string", "enum": ["maintenance", "blackout"]},
        {"name": "starts_at", "type": "datetime"},
        {"name": "ends_at", "type": "datetime"}
      ]
    },
    {
      "name": "Baseline", "parent": "ProcessRecord",
      "attributes": [
        {"name": "taken_at", "type": "datetime"}
      ],
      "description": "A named state of the record to compare with."
    },
    {
      "name": "Audit", "parent": "ProcessRecord",
      "attributes": [
        {"name": "verified_at", "type": "datetime"},
        {"name": "result", "type": "string"}
      ],
      "description": "A verification run."
    }
  ],
  "relationship_types": [
    {
      "name": "DEPENDS_ON", "inverse": "USED_BY", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"], "depends": "source", "effect": "hard",
      "description": "The general dependency; prefer a more telling type where there is one."
    },
    {
      "name": "RUNS_ON", "inverse": "RUNS", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"], "depends": "source", "effect": "hard",
      "description": "Software on a machine or operating system."
    },
    {
      "name": "HOSTED_ON", "inverse": "HOSTS", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"], "depends": "source", "effect": "hard",
      "description": "A virtual machine on a hypervisor or cluster; a cloud resource in a region."
    },
    {
      "name": "MEMBER_OF", "inverse": "HAS_MEMBER", "from": ["ConfigurationItem"], "to": ["Cluster", "RedundancyGroup"], "depends": "target", "effect": "hard", "grouped": {"need": "need"},
      "description": "A cluster or redundancy group works while `need` of its members do."
    },
    {
      "name": "CONTAINS", "inverse": "CONTAINED_BY", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"], "depends": "target", "effect": "hard",
      "description": "A rack and its servers, a database instance and its databases."
    },
    {"name": "LOCATED_IN", "inverse": "LOCATION_OF", "from": ["Item"], "to": ["FacilityCI"], "depends": "source", "effect": "hard"},
    {
      "name": "POWERED_BY", "inverse": "POWERS", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"], "depends": "source", "effect": "hard",
      "description": "Two supplies are a group with need 1."
    },
    {
      "name": "CONNECTS_TO", "inverse": "CONNECTED_BY", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"], "depends": "both", "effect": "path",
      "description": "Network reachability, by path."
    },
    {"name": "USES_NETWORK", "inverse": "CARRIES", "from": ["ConfigurationItem"], "to": ["NetworkCI"], "depends": "source", "effect": "hard"},
    {"name": "STORED_ON", "inverse": "STORES", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"], "depends": "source", "effect": "hard"},
    {
      "name": "CONSUMES", "inverse": "CONSUMED_BY", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"], "depends": "source", "effect": "soft",
      "description": "Calls it, and works less well without it."
    },
    {"name": "SENDS_DATA_TO", "inverse": "RECEIVES_DATA_FROM", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"], "depends": "target", "effect": "soft"},
    {
      "name": "PROTECTED_BY", "inverse": "PROTECTS", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"], "depends": "source", "effect": "hard",
      "description": "An endpoint behind its certificate or firewall."
    },
    {"name": "BACKED_UP_BY", "inverse": "BACKS_UP", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"]},
    {"name": "REPLICATES_TO", "inverse": "REPLICA_OF", "from": ["ConfigurationItem"], "to": ["ConfigurationItem"]},
    {"name": "PROVIDES", "inverse": "PROVIDED_BY", "from": ["ServiceLayer"], "to": ["ServiceOffering"], "depends": "source", "effect": "soft"},
    {"name": "REALIZED_BY", "inverse": "REALIZES", "from": ["ServiceLayer"], "to": ["ServiceInstance"], "depends": "source", "effect": "hard"},
    {"name": "DEPLOYED_AS", "inverse": "INSTANCE_OF", "from": ["BusinessApplication"], "to": ["ServiceInstance"], "depends": "source", "effect": "soft"},
    {"name": "SUPPORTS", "inverse": "SUPPORTED_BY", "from": ["ServiceLayer"], "to": ["BusinessProcess", "BusinessCapability"], "depends": "target", "effect": "soft"},
    {
      "name": "EMBODIED_BY", "inverse": "EMBODIES", "from": ["ConfigurationItem"], "to": ["HardwareAsset"], "depends": "source", "effect": "hard", "dated": true,
      "description": "The asset that stands behind a configuration item for a time: the flight and the aircraft. A swap ends one and begins another."
    },
    {"name": "OF_MODEL", "inverse": "MODEL_OF", "from": ["ConfigurationItem", "Asset"], "to": ["ProductModel"]},
    {
      "name": "LICENSED_BY", "inverse": "LICENSES", "from": ["ConfigurationItem", "Person"], "to": ["SoftwareLicense"],
      "attributes": [
        {"name": "quantity", "type": "integer", "default": 1}
      ]
    },
    {"name": "COVERED_BY", "inverse": "COVERS", "from": ["ConfigurationItem", "Asset"], "to": ["Contract"], "dated": true},
    {"name": "PURCHASED_ON", "inverse": "PURCHASED", "from": ["Asset"], "to": ["PurchaseOrder"]},
    {"name": "SUPPLIED_BY", "inverse": "SUPPLIES", "from": ["Contract", "ProductModel", "Asset"], "to": ["Organization"]},
    {
      "name": "ALLOCATED_TO", "inverse": "COST_OF", "from": ["CostItem", "Asset"], "to": ["ServiceLayer", "Organization"],
      "attributes": [
        {"name": "share", "type": "float", "description": "Part of the cost, 0 to 1."}
      ]
    },
    {"name": "ASSIGNED_TO", "inverse": "HOLDS", "from": ["Asset", "ConfigurationItem", "ProcessRecord"], "to": ["Person", "Team"]},
    {"name": "OWNED_BY", "inverse": "OWNS", "from": ["Item"], "to": ["Party"]},
    {"name": "MANAGED_BY", "inverse": "MANAGES", "from": ["Item"], "to": ["Party"]},
    {"name": "SUPPORTED_BY_TEAM", "inverse": "GIVES_SUPPORT_TO", "from": ["Item"], "to": ["Party"]},
    {
      "name": "AFFECTS", "inverse": "AFFECTED_BY", "from": ["ProcessRecord"], "to": ["ConfigurationItem", "Asset"],
      "description": "What a record is about; seeds an impact analysis."
    },
    {"name": "APPROVES", "inverse": "APPROVED_BY", "from": ["Approval"], "to": ["Change"]},
    {"name": "CAUSED_BY", "inverse": "CAUSES", "from": ["Incident", "Problem"], "to": ["ProcessRecord"]},
    {"name": "RESOLVED_BY", "inverse": "RESOLVES", "from": ["Incident", "Problem"], "to": ["ProcessRecord"]},
    {"name": "SCHEDULED_IN", "inverse": "SCHEDULES", "from": ["Change", "ConfigurationItem"], "to": ["MaintenanceWindow"]}
  ]
}
)model";

}  // namespace mainstay
