RuleSet: Intrathecal(path)
* {path}.coding[0] = $route#IT "Infusion, intrathecal"
* {path}.coding[+] = $administration#intrathecal "Intrathecal"

RuleSet: Baclofen(path)
* {path}.coding[0] = $unii#H789N3FKE8
* {path}.coding[+] = $administration#baclofen "Baclofen for intrathecal use"

Instance: example-infusion
InstanceOf: ItbInfusion
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e11)
* insert OfExamplePatient
* insert Baclofen(medicationCodeableConcept)
* extension[infusionMode].valueCode = #simple-continuous
* status = #in-progress
* effectivePeriod.start = "2024-06-25T10:20:00-04:00"
* device = Reference(Device/example-pump)
* insert Intrathecal(dosage.route)
* dosage.method = $mode#simple-continuous "Simple continuous"
* dosage.rateQuantity = 210 'ug/d'

Instance: example-infusion-flex
InstanceOf: ItbInfusion
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e12)
* insert OfExamplePatient
* insert Baclofen(medicationCodeableConcept)
* extension[infusionMode].valueCode = #flex
* extension[timePrecision].valueCode = #minute
* status = #completed
* effectivePeriod.start = "2024-03-01T09:00:00-05:00"
* effectivePeriod.end = "2024-06-25T10:20:00-04:00"
* device = Reference(Device/example-pump)
* insert Intrathecal(dosage.route)
* dosage.method = $mode#flex "Flex (variable over 24 h)"
* dosage.dose = 22080 'ug'
* dosage.rateRatio.numerator = 190 'ug'
* dosage.rateRatio.denominator = 1 'd'

Instance: example-infusion-weekdays
InstanceOf: ItbInfusion
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e1a)
* insert OfExamplePatient
* insert Baclofen(medicationCodeableConcept)
* extension[infusionMode].valueCode = #flex
* status = #stopped
* statusReason = $stopReason#delivery-stopped-by-alarm "Delivery stopped, by an alarm"
* effectivePeriod.start = "2024-03-01T09:00:00-05:00"
* effectivePeriod.end = "2024-06-25T10:20:00-04:00"
* performer.function = $performerFunction#programmer "Programmer"
* performer.actor.display = "Example nurse"
* device = Reference(Device/example-pump)
* insert Intrathecal(dosage.route)
* dosage.method = $mode#flex "Flex (variable over 24 h)"
* dosage.rateRatio.numerator = 1370 'ug'
* dosage.rateRatio.denominator = 7 'd'

Instance: example-infusion-bridge
InstanceOf: ItbInfusion
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e13)
* insert OfExamplePatient
* insert Baclofen(medicationCodeableConcept)
* extension[infusionMode].valueCode = #flex
* status = #stopped
* statusReason = $stopReason#bridge-ended "Bridge ended"
* effectivePeriod.start = "2024-02-27T20:00:00-05:00"
* effectivePeriod.end = "2024-03-01T09:00:00-05:00"
* device = Reference(Device/example-pump)
* dosage.route = $sct#72607000
* dosage.method = $administration#bridge-bolus "Bridge bolus"
* dosage.rateQuantity = 85 'ug/d'

Instance: example-bolus
InstanceOf: ItbBolus
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e14)
* insert OfExamplePatient
* insert Baclofen(medicationCodeableConcept)
* status = #completed
* effectivePeriod.start = "2024-05-02T08:00:00-04:00"
* effectivePeriod.end = "2024-05-02T08:30:00-04:00"
* device = Reference(Device/example-pump)
* insert Intrathecal(dosage.route)
* dosage.method = $administration#single-bolus "Single bolus"
* dosage.dose = 25 'ug'

Instance: example-priming-bolus
InstanceOf: ItbPrimingBolus
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e15)
* insert OfExamplePatient
* insert Baclofen(medicationCodeableConcept)
* status = #completed
* effectiveDateTime = "2024-01-15T11:00:00-05:00"
* partOf = Reference(Procedure/example-procedure)
* device = Reference(Device/example-pump)
* dosage.text = "PRIMING BOLUS, fills tubing and catheter. Not a patient dose."
* dosage.method = $administration#priming-bolus "Priming bolus (not a patient dose)"
* dosage.dose = 0.36 'mL'

Instance: example-reservoir-fill
InstanceOf: ItbReservoirFill
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e16)
* insert OfExamplePatient
* medicationReference = Reference(Medication/example-medication)
* status = #completed
* effectiveDateTime = "2024-06-25T10:00:00-04:00"
* partOf = Reference(Procedure/example-procedure-refill)
* device = Reference(Device/example-pump)
* dosage.text = "RESERVOIR FILL, 38 mL of 2000 ug/mL. Not a patient dose."
* dosage.site = $administration#pump-reservoir "Pump reservoir"
* dosage.method = $administration#reservoir-fill "Reservoir fill (not a patient dose)"
* dosage.dose = 38 'mL'

Instance: example-medication
InstanceOf: ItbMedication
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e17)
* insert Baclofen(code)
* status = #active
* insert Baclofen(ingredient.itemCodeableConcept)
* ingredient.strength.numerator = 2000 'ug'
* ingredient.strength.denominator = 1 'mL'
* batch.lotNumber = "LOTB7741"
* batch.expirationDate = "2026-03-31"

Instance: example-medication-admixture
InstanceOf: ItbMedication
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e1b)
* insert Baclofen(code)
* status = #active
* insert Baclofen(ingredient[0].itemCodeableConcept)
* ingredient[0].itemCodeableConcept.coding[+] = $ndc#25021-679-20 "Baclofen injection 2000 ug/mL, 20 mL (Sagent)"
* ingredient[0].strength.numerator = 2000 'ug'
* ingredient[0].strength.denominator = 1 'mL'
* ingredient[1].itemCodeableConcept.text = "clonidine"
* ingredient[1].isActive = true

Instance: example-regimen
InstanceOf: ItbRegimen
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e18)
* insert OfExamplePatient
* insert Baclofen(medicationCodeableConcept)
* status = #active
* authoredOn = "2024-06-25T10:20:00-04:00"
* insert Intrathecal(dosageInstruction.route)
* dosageInstruction.doseAndRate.rateQuantity = 210 'ug/d'

RuleSet: FlexStep(sequence, start, hours, amount)
* dosageInstruction[{sequence}].sequence = {sequence}
* dosageInstruction[{sequence}].timing.repeat.frequency = 1
* dosageInstruction[{sequence}].timing.repeat.period = 1
* dosageInstruction[{sequence}].timing.repeat.periodUnit = #d
* dosageInstruction[{sequence}].timing.repeat.timeOfDay = "{start}"
* dosageInstruction[{sequence}].timing.repeat.duration = {hours}
* dosageInstruction[{sequence}].timing.repeat.durationUnit = #h
* dosageInstruction[{sequence}].route = $route#IT
* dosageInstruction[{sequence}].doseAndRate.doseQuantity = {amount} 'ug'

Instance: example-regimen-flex
InstanceOf: ItbRegimen
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e19)
* insert OfExamplePatient
* insert Baclofen(medicationCodeableConcept)
* status = #stopped
* insert FlexStep(0, 00:00:00, 6, 42)
* insert FlexStep(1, 06:00:00, 18, 148)

Instance: example-regimen-requests
InstanceOf: ItbRegimen
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e1c)
* insert OfExamplePatient
* insert Baclofen(medicationCodeableConcept)
* status = #active
* requester.display = "Example nurse"
* dosageInstruction[0].sequence = 1
* dosageInstruction[0].text = "Bridge bolus, 85 ug per day for 61.5 h"
* dosageInstruction[0].timing.repeat.boundsDuration = 61.5 'h'
* insert Intrathecal(dosageInstruction[0].route)
* dosageInstruction[0].method = $administration#bridge-bolus "Bridge bolus"
* dosageInstruction[0].doseAndRate.rateQuantity = 85 'ug/d'
* dosageInstruction[1].sequence = 2
* insert Intrathecal(dosageInstruction[1].route)
* dosageInstruction[1].doseAndRate.rateQuantity = 85 'ug/d'
* dosageInstruction[2].asNeededBoolean = true
* dosageInstruction[2].timing.repeat.frequency = 1
* dosageInstruction[2].timing.repeat.period = 120
* dosageInstruction[2].timing.repeat.periodUnit = #min
* insert Intrathecal(dosageInstruction[2].route)
* dosageInstruction[2].method = $administration#patient-activated-bolus "Patient activated bolus"
* dosageInstruction[2].doseAndRate.doseQuantity = 5 'ug'
* dosageInstruction[2].maxDosePerPeriod.numerator = 20 'ug'
* dosageInstruction[2].maxDosePerPeriod.denominator = 1 'd'
