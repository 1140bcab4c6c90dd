"""Sample texts of the demo's papers, for the owner's lawyer to replace."""

FOOTER = {
    "en_US": "Demo data only",
    "th_TH": "ข้อมูลตัวอย่างเท่านั้น",
}
QUOTE_TERMS = {
    "en_US": (
        "Prices are per music zone and year, unless a line says otherwise.\n"
        "The service starts once the first payment has arrived.\n"
        "Bank charges are borne by the customer."
    ),
    "th_TH": (
        "ราคาเป็นราคาต่อโซนเพลงต่อปี เว้นแต่จะระบุไว้เป็นอย่างอื่นในรายการ\n"
        "เริ่มให้บริการเมื่อได้รับชำระเงินงวดแรก\n"
        "ลูกค้าเป็นผู้รับผิดชอบค่าธรรมเนียมธนาคาร"
    ),
}
CONTRACT_TERMS = {
    "en_US": (
        "Invoices are payable within 30 days, by bank transfer to the account named on "
        "the invoice."
    ),
    "th_TH": "ชำระเงินภายใน 30 วันนับจากวันที่ในใบแจ้งหนี้ โดยโอนเข้าบัญชีที่ระบุในใบแจ้งหนี้",
}
INVOICE_TERMS = {
    "en_US": (
        "Please name the invoice number with your transfer.\n"
        "A receipt follows once the payment has arrived."
    ),
    "th_TH": "กรุณาระบุเลขที่ใบแจ้งหนี้เมื่อโอนเงิน\nบริษัทจะออกใบเสร็จรับเงินเมื่อได้รับชำระเงินแล้ว",
}

_SERVICE = {
    "en_US": (
        "The service",
        "<p>{{seller_name}} provides {{legal_name}} with licensed background music for "
        "{{property_name}}: {{zone_count}} music zones at {{locations}}.</p>"
        "<p>Playlists are planned with the customer and kept fresh all along.</p>",
    ),
    "th_TH": (
        "การให้บริการ",
        "<p>{{seller_name}} ให้บริการเพลงประกอบบรรยากาศแก่ {{legal_name}} สำหรับ "
        "{{property_name}} จำนวน {{zone_count}} โซน ณ {{locations}}</p>"
        "<p>บริษัทจัดทำรายการเพลงร่วมกับลูกค้าและปรับปรุงอย่างสม่ำเสมอตลอดอายุสัญญา</p>",
    ),
}
_TERM = {
    "en_US": (
        "Term and renewal",
        "<p>This agreement runs for {{term_months}} months, from {{start_date}} until "
        "{{end_date}}, both days included.</p>"
        "<p>Either party tells the other at least {{notice_days}} days before its end "
        "whether it wishes to renew. Nothing is renewed without a signature.</p>",
    ),
    "th_TH": (
        "ระยะเวลาและการต่ออายุ",
        "<p>สัญญานี้มีกำหนด {{term_months}} เดือน ตั้งแต่วันที่ {{start_date}} "
        "ถึงวันที่ {{end_date}} รวมวันแรกและวันสุดท้าย</p>"
        "<p>คู่สัญญาจะแจ้งความประสงค์ต่ออายุล่วงหน้าอย่างน้อย {{notice_days}} วันก่อนสิ้นสุดสัญญา "
        "สัญญาจะไม่ต่ออายุโดยไม่มีการลงนาม</p>",
    ),
}
_FEES = {
    "en_US": (
        "Fees and payment",
        "<p>The fee is {{annual_value}} per year and {{term_value}} for the term, "
        "before tax, billed: {{billing_frequency}}.</p>",
    ),
    "th_TH": (
        "ค่าบริการและการชำระเงิน",
        "<p>ค่าบริการ {{annual_value}} ต่อปี รวม {{term_value}} ตลอดอายุสัญญา "
        "ไม่รวมภาษี เรียกเก็บแบบ: {{billing_frequency}}</p>",
    ),
}
_LICENCE_OWN = {
    "en_US": (
        "Licences",
        "<p>The fee includes every licence that the customer needs to play this music "
        "at {{property_name}}.</p>",
    ),
    "th_TH": (
        "ลิขสิทธิ์",
        "<p>ค่าบริการรวมลิขสิทธิ์ทั้งหมดที่จำเป็นสำหรับการเปิดเพลง ณ {{property_name}}</p>",
    ),
}
_LICENCE_SOCIETY = {
    "en_US": (
        "Licences",
        "<p>The licence for the public performance is not included; the customer "
        "obtains it from the societies of the country.</p>",
    ),
    "th_TH": (
        "ลิขสิทธิ์",
        "<p>ค่าลิขสิทธิ์การเผยแพร่ต่อสาธารณชนไม่รวมอยู่ในค่าบริการ "
        "ลูกค้าเป็นผู้ขออนุญาตจากองค์กรจัดเก็บในประเทศ</p>",
    ),
}
_END = {
    "en_US": (
        "Termination",
        "<p>A party that breaks this agreement and does not mend it within 30 days of "
        "a written notice gives the other one the right to end it.</p>",
    ),
    "th_TH": (
        "การบอกเลิกสัญญา",
        "<p>หากฝ่ายใดผิดสัญญาและไม่แก้ไขภายใน 30 วันหลังได้รับหนังสือแจ้ง อีกฝ่ายมีสิทธิบอกเลิกสัญญา</p>",
    ),
}
SECTIONS = {
    "Soundtrack Your Brand": (_SERVICE, _TERM, _FEES, _LICENCE_SOCIETY, _END),
    "Beat Breeze": (_SERVICE, _TERM, _FEES, _LICENCE_OWN, _END),
}
