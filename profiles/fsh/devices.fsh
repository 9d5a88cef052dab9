// Device (pump and catheter), its use, Procedure and Provenance.

Invariant: itb-dev-inactive
Description: "An inactive device says why, with a code of ours."
Severity: #error
Expression: "status = 'inactive' implies statusReason.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-device-status-reason').exists()"

Invariant: itb-dev-udi
Description: "A device has at most one UDI."
Severity: #error
Expression: "udiCarrier.count() <= 1"

Invariant: itb-dev-property
Description: "A property is one of the static facts that we define, stated once."
Severity: #error
Expression: "property.all(type.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').exists()) and property.type.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code.isDistinct()"

Invariant: itb-pump-type
Description: "The type is a kind of pump."
Severity: #error
Expression: "type.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-device-type' and (code = 'programmable-pump' or code = 'constant-flow-pump')).exists()"

Invariant: itb-catheter-type
Description: "The type is the intrathecal catheter."
Severity: #error
Expression: "type.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-device-type' and code = 'intrathecal-catheter').exists()"

Invariant: itb-pro-device
Description: "What a procedure did to a device is implanted, explanted or manipulated, and the device is named."
Severity: #error
Expression: "focalDevice.all(manipulated.exists() and action.coding.where(system = 'http://hl7.org/fhir/device-action' and code.matches('^(implanted|explanted|manipulated)$')).exists())"

Invariant: itb-prv-identity
Description: "A tag carries our identity, because Provenance has no identifier."
Severity: #error
Expression: "meta.tag.where(system.startsWith('https://w3id.org/itb-fhir/sid/') and code.exists()).count() = 1"

Invariant: itb-prv-agent
Description: "An author or a transmitter is named."
Severity: #error
Expression: "agent.where(type.coding.where(code = 'author' or code = 'transmitter').exists()).exists()"

Invariant: itb-prv-source
Description: "The source message or event is named."
Severity: #error
Expression: "entity.where(role = 'source').exists()"

RuleSet: ImplantedDevice
* insert Published
* insert AdapterDomainResource
* obeys itb-dev-inactive and itb-dev-udi and itb-dev-property
* identifier 1..*
* identifier ^short = "Our keyed identity; it tells nothing about device or patient"
* udiCarrier 0..1
* udiCarrier ^short = "The one UDI of the label; what it states is repeated in the elements below"
* udiCarrier.carrierHRF ^short = "As printed"
* udiCarrier.carrierAIDC ^short = "As scanned, in base64"
* status 1..1
* status ^short = "active: in the body; inactive: removed"
* statusReason ^short = "Explanted, replaced; or what the battery asks for"
* manufactureDate ^short = "As labelled; may be only a month"
* expirationDate ^short = "Use before, as labelled. Not the date of replacement"
* lotNumber ^short = "As labelled"
* serialNumber ^short = "As labelled"
* modelNumber ^short = "Reference number, as labelled"
* version ^short = "Firmware, as the programmer reported it"
* property ^short = "Static facts of the label; nothing that changes with time"
* safety ^short = "What a label says of magnetic resonance, or that it is not established"
* note ^short = "Notices about the model; what was reported of the implantation without a procedure"
* patient ^short = "The person in whom it was implanted; kept after it is removed"
* parent ^short = "Of a catheter: the pump to which it is connected, or was last"
* statusReason from ItbDeviceStatusReasonCodes (extensible)
* type 1..1
* property.type from ItbDevicePropertyCodes (required)
* patient 1..1

Profile: ItbPump
Parent: Device
Id: itb-pump
Title: "ITB pump"
Description: "One physical pump, for ever. Static facts only: dose and battery change with time and are Observations."
* insert ImplantedDevice
* obeys itb-pump-type
* type from ItbPumpTypeCodes (required)

Profile: ItbCatheter
Parent: Device
Id: itb-catheter
Title: "ITB catheter"
Description: "One physical catheter, for ever. It outlives the pump to which it is connected."
* insert ImplantedDevice
* obeys itb-catheter-type
* type from ItbCatheterTypeCodes (required)

Profile: ItbProcedure
Parent: Procedure
Id: itb-procedure
Title: "ITB procedure"
Description: "Implantation, refill, reprogramming, revision, explantation or interrogation."
* insert Published
* insert AdapterDomainResource
* obeys itb-pro-device
* identifier 1..*
* code 1..1
* code from ItbProcedureCodes (required)
* identifier ^short = "Our keyed identity, the source's id, and the programmer's session report"
* status ^short = "completed: it is reported when it has happened"
* code ^short = "What was done"
* subject only Reference(Patient)
* encounter ^short = "The encounter at the hospital, by its identifier"
* performed[x] ^short = "When; a month or a year where no more is known"
* performer ^short = "Who, and what that person did"
* performer.function from ItbPerformerFunctionCodes (preferred)
* location ^short = "The clinic, by its identifier or name"
* reasonCode ^short = "Why; of an explantation also its cause as registries count it"
* bodySite ^short = "Where the pump lies, and the vertebra at whose level the catheter ends"
* focalDevice ^short = "Which device was implanted, explanted or manipulated"
* usedReference ^short = "The drug that was filled"
* note ^short = "What else was reported: attempts, imaging, rinse, anaesthesia, clocks of the session"
* performed[x] 1..1
* performed[x] only dateTime or Period
* focalDevice.action 1..1
* focalDevice.action from ItbDeviceActionCodes (required)

Invariant: itb-use-status
Description: "The use is active, completed or entered-in-error."
Severity: #error
Expression: "status.matches('^(active|completed|entered-in-error)$')"

Profile: ItbDeviceUse
Parent: DeviceUseStatement
Id: itb-device-use
Title: "ITB device use"
Description: "That a pump or catheter is or was in a person, from when to when, and where: for patient summaries, which list implants so. Derived on demand from devices and procedures."
* insert Published
* insert AdapterDomainResource
* obeys itb-use-status
* identifier 1..*
* status ^short = "active: implanted; completed: removed"
* subject only Reference(Patient)
* derivedFrom ^short = "The procedures that implanted and removed it"
* timing[x] 1..1
* timing[x] only Period
* timing[x] ^short = "From implantation to removal, as precisely as known; empty bounds are not known"
* device only Reference(Device)
* bodySite ^short = "Where the pump lies or the catheter ends"

Profile: ItbProvenance
Parent: Provenance
Id: itb-provenance
Title: "ITB provenance"
Description: "Where a resource of ours comes from: who reported, who transmitted, and the source's own id."
* insert Published
* insert AdapterDomainResource
* obeys itb-prv-identity and itb-prv-agent and itb-prv-source
* target ^short = "Everything that this report made or changed"
* occurred[x] ^short = "When it happened"
* recorded ^short = "When the source recorded it, else when it was received"
* location ^short = "The clinic, by its identifier or name"
* reason ^short = "Of a correction: why"
* activity ^short = "CREATE for a report, UPDATE for a correction"
* agent ^short = "The author, on behalf of the clinic, and this adapter as transmitter"
* entity ^short = "The report by the source's own id, and the programmer's session report"
* activity 1..1
* activity from ItbDataOperationCodes (required)
* entity 1..*
