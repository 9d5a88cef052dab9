/**
 * What fumifier is asked to make of a programming message: the seven resources that ours makes of it, with the values of the
 * message, as base R4. Left out beside ours: our profiles, security labels and tags, codes of other systems than the
 * message's, identities of resources, references between them, the pump clock and the checks of the therapy.
 */
const about = `* subject.identifier
  * system = 'urn:oid:2.16.840.1.113883.19.5'
  * value = pid.mrn`;
const identifier = `* identifier
  * system = 'urn:x-hl7v2:STJUDE:EPIC'
  * value = obr.id`;
const visit = `* encounter.identifier
  * system = 'urn:oid:2.16.840.1.113883.19.5'
  * value = pv1.visit`;
const device = `  * type = 'Device'
  * identifier.value = obx[code='infusion-mode'].serial`;

export const flashBlocks: readonly string[] = [
  `InstanceOf: Device
* manufacturer = obx[code='infusion-mode'].manufacturer
* serialNumber = obx[code='infusion-mode'].serial
* status = 'active'
* type.text = 'Programmable pump'
* patient.identifier
  * system = 'urn:oid:2.16.840.1.113883.19.5'
  * value = pid.mrn`,
  `InstanceOf: Procedure
${identifier}
* status = 'completed'
* category.text = 'Dose change'
* code
  * coding
    * system = 'urn:x-hl7-code-system:99ITB'
    * code = obr.code
    * display = obr.name
  * text = obr.name
${about}
${visit}
* performedDateTime = obr.at
* focalDevice.manipulated
${device}`,
  `InstanceOf: MedicationRequest
${identifier}
* status = 'active'
* intent = 'order'
* medicationCodeableConcept.text = 'Baclofen'
${about}
${visit}
* authoredOn = obr.at
* (obx[code='flex-step-start']).dosageInstruction
  * text = $.value
  * timing.repeat
    * timeOfDay = $.value
    * frequency = 1
    * period = 1
    * periodUnit = 'd'
  * route.text = 'Intrathecal'
  * doseAndRate
    * rateQuantity
      * value = $number($lookup($$.rates, $.sub))
      * unit = 'ug/h'
      * system = 'http://unitsofmeasure.org'
      * code = 'ug/h'`,
  `InstanceOf: MedicationAdministration
${identifier}
* status = 'in-progress'
* medicationCodeableConcept.text = 'Baclofen'
${about}
* context.identifier
  * system = 'urn:oid:2.16.840.1.113883.19.5'
  * value = pv1.visit
* effectivePeriod.start = obr.at
* device
${device}
* dosage
  * text = obx[code='infusion-mode'].value
  * route.text = 'Intrathecal'
  * rateQuantity
    * value = $number(obx[code='total-daily-dose'].value)
    * unit = 'ug/d'
    * system = 'http://unitsofmeasure.org'
    * code = 'ug/d'`,
  `InstanceOf: Observation
${identifier}
* status = 'final'
* code.text = 'Pump status'
${about}
${visit}
* effectiveDateTime = obr.at
* device
${device}
* (obx[code='flex-step-rate' or code='flex-step-duration']).component
  * code.text = $.name
  * valueQuantity
    * value = $number($.value)
    * unit = $.unit
    * system = 'http://unitsofmeasure.org'
    * code = $.unit`,
  `InstanceOf: Observation
${identifier}
* status = 'final'
* code.text = 'Daily dose'
${about}
${visit}
* effectiveDateTime = obr.at
* device
${device}
* valueQuantity
  * value = $number(obx[code='total-daily-dose'].value)
  * unit = 'ug/d'
  * system = 'http://unitsofmeasure.org'
  * code = 'ug/d'`,
  `InstanceOf: Provenance
* target.identifier.value = obr.id
* recorded = obr.recorded
* agent.who.display = 'EPIC'`,
];
