// Device (pump and catheter), Procedure and Provenance.

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
* udiCarrier 0..1
* status 1..1
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
* subject only Reference(Patient)
* performed[x] 1..1
* performed[x] only dateTime or Period
* focalDevice.action 1..1
* focalDevice.action from ItbDeviceActionCodes (required)

Profile: ItbProvenance
Parent: Provenance
Id: itb-provenance
Title: "ITB provenance"
Description: "Where a resource of ours comes from: who reported, who transmitted, and the source's own id."
* insert Published
* insert AdapterDomainResource
* obeys itb-prv-identity and itb-prv-agent and itb-prv-source
* activity 1..1
* activity from ItbDataOperationCodes (required)
* entity 1..*
