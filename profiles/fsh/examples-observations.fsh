RuleSet: Component(code, display)
* component[+].code = $observation#{code} "{display}"

Instance: example-pump-status
InstanceOf: ItbPumpStatus
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e21)
* insert OfExamplePatient
* status = #final
* category = $category#procedure
* focus = Reference(Device/example-pump)
* device = Reference(Device/example-pump)
* partOf = Reference(Procedure/example-procedure-refill)
* effectiveDateTime = "2024-06-25T10:20:00-04:00"
* insert Component(expected-residual-volume, Expected residual volume)
* component[=].valueQuantity = 23.53 'mL'
* insert Component(measured-residual-volume, Measured residual volume)
* component[=].valueQuantity = 23.9 'mL'
* insert Component(residual-discrepancy, Residual volume discrepancy)
* component[=].valueQuantity = 0.37 'mL'
* insert Component(residual-grade, Grade of the residual discrepancy)
* component[=].valueCodeableConcept = $grade#ok "Within limits"
* insert Component(fill-volume, Fill volume)
* component[=].valueQuantity = 38 'mL'
* insert Component(drug-concentration, Drug concentration)
* component[=].valueQuantity = 2000 'ug/mL'
* insert Component(programmed-daily-dose, Programmed daily dose)
* component[=].valueQuantity = 210 'ug/d'
* insert Component(low-reservoir-alarm-volume, Low reservoir alarm volume)
* component[=].valueQuantity = 2 'mL'
* insert Component(reported-low-reservoir-alarm-date, Reported low reservoir alarm date)
* component[=].valueDateTime = "2025-06-03"
* insert Component(months-to-eri, Months to elective replacement indicator)
* component[=].valueQuantity = 52 'mo'
* insert Component(calculated-reservoir-volume, Calculated reservoir volume)
* component[=].dataAbsentReason = $absent#not-performed

Instance: example-daily-dose
InstanceOf: ItbDailyDose
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e22)
* insert OfExamplePatient
* status = #final
* category = $category#therapy
* effectiveDateTime = "2024-06-25T10:20:00-04:00"
* device = Reference(Device/example-pump)
* partOf = Reference(MedicationAdministration/example-infusion)
* valueQuantity = 210 'ug/d'

Instance: example-complication
InstanceOf: ItbComplication
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e23)
* insert OfExamplePatient
* extension[timePrecision].valueCode = #day
* status = #final
* focus = Reference(Device/example-catheter)
* effectiveDateTime = "2024-08-10"
* valueCodeableConcept.coding[0] = $complication#catheter-kink "Catheter kink"
* valueCodeableConcept.coding[+] = $sct#473023007
* insert Component(complication-severity, Severity of the complication)
* component[=].valueCodeableConcept.text = "severe"
* insert Component(complication-related-to, Related part)
* component[=].valueCodeableConcept = $relatedTo#catheter "Catheter"
* insert Component(complication-symptom, Symptom of the complication)
* component[=].valueCodeableConcept.text = "increased spasticity"
* insert Component(complication-symptom, Symptom of the complication)
* component[=].valueCodeableConcept.text = "itching"

Instance: example-assessment
InstanceOf: ItbAssessment
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e24)
* insert OfExamplePatient
* status = #final
* category = $category#survey
* code = $scale#mas "Modified Ashworth Scale"
* bodySite.text = "right elbow flexors"
* effectiveDateTime = "2024-06-25T10:30:00-04:00"
* valueString = "1+"

Instance: example-assessment-score
InstanceOf: ItbAssessment
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e25)
* insert OfExamplePatient
* status = #final
* category = $category#survey
* code = $scale#psfs "Penn Spasm Frequency Scale"
* effectiveDateTime = "2024-06-25T10:30:00-04:00"
* valueQuantity = 2 '{score}'
