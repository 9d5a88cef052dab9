// What every Observation of ours has in common. The profiles stand in files by meaning.

RuleSet: AdapterObservation
* insert Published
* insert AdapterDomainResource
* identifier 1..*
* subject 1..1
* subject only Reference(Patient)
* effective[x] 1..1

// What is read from one pump or calculated for it: the pump is what was read and what it is about.
Invariant: itb-ps-focus
Description: "The pump is both what was read and what the reading is about."
Severity: #error
Expression: "device.reference.exists() implies device.reference in focus.reference"

RuleSet: PumpObservation
* insert AdapterObservation
* obeys itb-ps-focus
* focus 1..*
* focus only Reference(Device)
* focus ^short = "The pump"
* device 1..1
* device ^short = "The pump"
* issued ^short = "When the source recorded it"
* performer ^short = "Who did it, and the clinic, as the source names them"
