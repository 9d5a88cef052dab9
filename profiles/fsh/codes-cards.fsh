// Why a reader sets aside a card that we showed in an EHR (CDS Hooks).

CodeSystem: ItbCardOverride
Id: itb-card-override
Title: "ITB card override reasons"
Description: "Why a clinician sets aside a card about a pump for intrathecal baclofen."
* insert LocalCodeSystem
* #checked-with-programmer "Pump checked with its programmer" "The pump was read with its programmer."
* #refilled-elsewhere "Refilled elsewhere" "A refill took place that was not reported here."
* #pump-team-informed "Pump team informed" "The team that cares for the pump knows of it."
* #planned "Known and planned for" "It is known, and what follows is planned."
* #mr-clarified "MR status clarified with manufacturer and radiology" "Manufacturer and radiology have said what holds for this pump."
* #rescue-plan "Part of the rescue plan" "The drug was ordered as the plan for an interruption of delivery says."
* #intended-together "Meant beside the pump, as confirmed by the pump team" "The pump team confirmed that the drug is given beside the pump."
* #not-relevant-now "Not relevant to this visit" "It does not matter to the visit at hand."
