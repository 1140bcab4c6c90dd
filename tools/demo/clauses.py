"""Sample texts of the demo's documents, for the owner's lawyer to replace."""

FOOTER = {
    "en_US": "Demo data only",
    "th_TH": "ข้อมูลตัวอย่าง",
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
