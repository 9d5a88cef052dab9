// A residual volume that is not what was calculated.

Invariant: itb-vol-unit
Description: "The discrepancy is a volume in mL, measured less calculated."
Severity: #error
Expression: "value.ofType(Quantity).where(system = 'http://unitsofmeasure.org' and code = 'mL').exists()"

Invariant: itb-vol-component
Description: "Components are the volumes in mL that it comes from, the ratio and the share as 1, the span in d, and the grade, direction and reading as codes of ours; none twice."
Severity: #error
Expression: "component.all((code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code & ' ' & value.ofType(Quantity).code & value.ofType(CodeableConcept).coding.system.first()).matches('^(((measured-residual|calculated-residual|discrepancy-limit)-volume|volume-after-last-fill|volume-(programmed|delivered)-since-fill) mL|(delivered-to-programmed-ratio|discrepancy-limit-share) 1|residual-span d|residual-since |(residual-grade|residual-direction|residual-reading) https://w3id.org/itb-fhir/CodeSystem/itb-\\\\6)$')) and component.code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code.isDistinct()"

Invariant: itb-vol-grade
Description: "It is stated only where a configured limit is passed."
Severity: #error
Expression: "component.where(code.coding.code = 'residual-grade').value.coding.code.where($this = 'warn' or $this = 'critical').exists()"

Profile: ItbVolumeDiscrepancy
Parent: Observation
Id: itb-volume-discrepancy
Title: "ITB residual volume discrepancy"
Description: "Measured and calculated residual volume differ by more than the limits that the site configured. The resource is made only where a site shows calculated values, and only where a limit is passed: that there is none does not say that all is well. It says what the difference may mean, never what caused it."
* insert PumpObservation
* obeys itb-vol-unit and itb-vol-component and itb-vol-grade
* code = $observation#residual-discrepancy
* code ^short = "Always: residual volume discrepancy"
* effective[x] only dateTime
* value[x] 1..1
* value[x] only Quantity
* value[x] ^short = "Measured less calculated residual volume, in mL"
* derivedFrom ^short = "The panel of the session at which the volume was measured"
* partOf ^short = "The procedure at which the volume was measured"
* note ^short = "What to check"
* component 1..*
* component ^short = "Grade, direction, reading, ratio, span, the volumes it comes from and the limits used"
