// One valid example of each profile; the tests spoil them in every way that the rules forbid. All persons, devices
// and numbers are invented.

RuleSet: Tagged(identity)
* meta.tag = $sync#itb-adapter
* meta.security = $actReason#HTEST
* identifier.system = "https://w3id.org/itb-fhir/sid/example"
* identifier.value = "{identity}"

RuleSet: OfExamplePatient
* subject = Reference(Patient/example)

Instance: example-pump
InstanceOf: ItbPump
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e01)
* udiCarrier.deviceIdentifier = "09521234000402"
* udiCarrier.issuer = "http://hl7.org/fhir/NamingSystem/gs1-di"
* udiCarrier.jurisdiction = "http://hl7.org/fhir/NamingSystem/fda-udi"
* udiCarrier.carrierHRF = "(01)09521234000402(11)231004(17)250404(21)NGP100001H"
* udiCarrier.entryType = #barcode
* status = #active
* manufacturer = "Example Devices"
* deviceName.name = "IT 40"
* deviceName.type = #user-friendly-name
* version.value = "2.1"
* safety.text = "Magnetic resonance status not established: ask the manufacturer and radiology."
* note.text = "Implanted 2024-01-15, as its label reports (implant card)."
* manufactureDate = "2023-10-04"
* expirationDate = "2025-04-04"
* serialNumber = "NGP100001H"
* modelNumber = "IT-40"
* type = $deviceType#programmable-pump "Programmable intrathecal pump"
* property[0].type = $observation#reservoir-capacity "Reservoir capacity"
* property[=].valueQuantity = 40 'mL'
* property[+].type = $observation#calibration-constant "Calibration constant"
* property[=].valueQuantity = 113 '1'
* patient = Reference(Patient/example)

Instance: example-pump-explanted
InstanceOf: ItbPump
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e02)
* status = #inactive
* statusReason[0] = $deviceStatusReason#explanted "Explanted"
* statusReason[+] = $deviceStatusReason#replaced "Replaced"
* serialNumber = "NGP100002H"
* type = $deviceType#constant-flow-pump "Constant-flow intrathecal pump"
* patient = Reference(Patient/example)

Instance: example-catheter
InstanceOf: ItbCatheter
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e03)
* status = #active
* lotNumber = "CATLOT-77"
* modelNumber = "IC-89"
* type = $deviceType#intrathecal-catheter "Intrathecal catheter"
* property[0].type = $observation#catheter-length "Implanted catheter length"
* property[=].valueQuantity = 74.5 'cm'
* property[+].type = $observation#catheter-volume "Catheter volume"
* property[=].valueQuantity = 0.164 'mL'
* property[+].type = $observation#catheter-length-source "Source of the catheter length"
* property[=].valueCode = $factSource#operative-note "Operative note"
* property[+].type = $observation#catheter-sideport "Catheter access port"
* property[=].valueCode = $yesNo#Y "Yes"
* patient = Reference(Patient/example)
* parent = Reference(Device/example-pump)

Instance: example-procedure
InstanceOf: ItbProcedure
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e04)
* insert OfExamplePatient
* status = #completed
* code = $procedure#system-implant "Implantation of pump and catheter"
* performedDateTime = "2024-01-15"
* focalDevice[0].action = $deviceAction#implanted
* focalDevice[=].manipulated = Reference(Device/example-pump)
* focalDevice[+].action = $deviceAction#implanted
* focalDevice[=].manipulated = Reference(Device/example-catheter)

Instance: example-procedure-refill
InstanceOf: ItbProcedure
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e05)
* insert OfExamplePatient
* status = #completed
* code = $procedure#pump-refill "Refill of pump reservoir"
* performedPeriod.start = "2024-06-25T10:00:00-04:00"
* performedPeriod.end = "2024-06-25T10:20:00-04:00"
* identifier[+].type.text = "Session report of the programmer"
* identifier[=].value = "SR-4711"
* encounter.identifier.system = "urn:oid:2.16.840.1.113883.19.5.9"
* encounter.identifier.value = "CSN903310"
* performer.function = $performerFunction#refiller "Refiller"
* performer.actor.display = "Example nurse"
* location.display = "Example spasticity clinic"
* note.text = "Needle attempts: 1. Imaging: ultrasound."
* focalDevice.action = $deviceAction#manipulated
* focalDevice.manipulated = Reference(Device/example-pump)
* usedReference = Reference(Medication/example-medication)

Instance: example-procedure-explant
InstanceOf: ItbProcedure
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e07)
* insert OfExamplePatient
* status = #completed
* code = $procedure#pump-explant "Explantation of pump"
* performedDateTime = "2024-05"
* performer.function = $performerFunction#operator "Operator"
* performer.actor.display = "Example surgeon"
* reasonCode = $explantCause#battery "Battery"
* reasonCode.text = "battery end of life"
* bodySite.text = "pump pocket: left lower quadrant of abdomen, subfascial"
* focalDevice.action = $deviceAction#explanted
* focalDevice.manipulated = Reference(Device/example-pump-explanted)

Instance: example-device-use
InstanceOf: ItbDeviceUse
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e08)
* status = #active
* subject = Reference(Patient/example)
* derivedFrom = Reference(Procedure/example-procedure)
* timingPeriod.start = "2024-01-15"
* device = Reference(Device/example-pump)
* bodySite.text = "pump pocket: left lower quadrant of abdomen, subfascial"

Instance: example-provenance
InstanceOf: ItbProvenance
Usage: #example
* meta.tag[0] = $sync#itb-adapter
* meta.tag[+].system = "https://w3id.org/itb-fhir/sid/example"
* meta.tag[=].code = #0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e06
* meta.security = $actReason#HTEST
* target = Reference(Procedure/example-procedure-refill)
* recorded = "2024-06-25T14:20:00Z"
* activity = $dataOperation#CREATE
* agent[0].type = $participant#author
* agent[=].who.identifier.system = "http://hl7.org/fhir/sid/us-npi"
* agent[=].who.identifier.value = "1487654321"
* agent[=].onBehalfOf.display = "Example spasticity clinic"
* location.display = "Example spasticity clinic"
* reason.text = "ampoule label read again"
* agent[+].type = $usParticipant#transmitter
* agent[=].who.display = "ITB FHIR adapter"
* entity.role = #source
* entity.what.identifier.system = "urn:oid:2.16.840.1.113883.19.5.1"
* entity.what.identifier.value = "R-000123"
