#!/usr/bin/env python3
"""Writes the demo catalog: catalog.xlsx and catalog-gbk.csv, the same 64 products.

The products are invented. Both files come out the same, byte for byte, every time."""
import csv
import io
import pathlib
import zipfile
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).parent
HEADS = ["货号", "品名", "成本(CNY)", "重量kg", "库存", "近30天销量", "采购周期(天)", "起订量", "HS关税率%"]

# name, cost, kg, stock, sold in 30 days, lead days, least order, duty %
PRODUCTS = """
露营灯 可充电|38.50|0.42|120|96|25|100|4.7
折叠露营椅|62.00|2.80|45|60|30|50|0
户外折叠桌|118.00|4.60|18|21|35|30|0
双人自动帐篷|168.00|3.20|36|28|40|20|12
加厚防潮垫|24.80|0.65|210|75|20|100|6.5
便携式卡式炉|56.00|1.35|8|42|30|60|2.7
不锈钢保温杯 500ml|21.50|0.33|640|310|18|200|3.9
不锈钢保温杯 750ml|26.90|0.41|95|188|18|200|3.9
钛合金餐具三件套|33.00|0.09|300|52|22|100|8.5
登山杖 碳纤维|74.00|0.46|62|37|28|40|2.7
头灯 感应式|19.90|0.12|25|140|15|200|4.7
强光手电筒|29.60|0.21|410|88|15|100|4.7
太阳能充电板 20W|92.00|0.78|14|33|30|30|0
移动电源 20000mAh|68.00|0.44|0|120|20|100|2.7
快充充电器 65W|45.50|0.14|260|205|15|100|0
USB-C数据线 1米|4.20|0.04|3200|1450|10|1000|3.3
USB-C数据线 2米|5.60|0.06|900|980|10|1000|3.3
无线充电座|31.00|0.19|77|64|20|100|2.7
蓝牙音箱 迷你|36.40|0.28|150|97|22|60|2
降噪蓝牙耳机|86.00|0.11|58|132|25|100|2
机械键盘 87键|128.00|0.92|33|41|28|30|0
无线鼠标 静音|22.70|0.10|480|160|15|100|0
笔记本支架 铝合金|39.00|1.05|110|83|20|50|6
显示器挂灯|64.50|0.51|27|48|25|50|4.7
桌面收纳盒 竹制|18.60|0.74|190|66|20|80|3
竹制砧板|23.40|1.20|88|57|20|80|3
硅胶折叠水杯|7.90|0.11|720|240|12|300|6.5
硅胶烘焙垫|9.80|0.16|530|175|12|300|6.5
陶瓷咖啡杯套装|34.20|1.48|40|55|25|60|9
手冲咖啡壶|48.00|0.62|21|30|25|40|3.2
电子厨房秤|27.30|0.47|135|92|18|80|1.7
玻璃饭盒 三件|29.90|1.85|64|71|20|60|8.5
真空封口机|79.00|1.30|12|26|30|30|2.2
封口袋 100只|11.20|0.38|860|330|12|300|6.5
香薰机 超声波|41.00|0.55|105|79|22|60|2.2
香薰精油 10ml|8.40|0.05|1100|420|15|500|3
瑜伽垫 6mm|32.50|1.10|70|118|20|100|6.5
弹力带 五条装|12.60|0.30|390|260|14|200|2.5
跳绳 计数款|15.80|0.24|205|94|14|100|2.7
健腹轮|27.00|0.98|44|36|20|60|2.7
筋膜枪 迷你|98.00|0.66|30|85|25|50|0
颈部按摩仪|112.00|0.49|9|47|28|40|0
儿童积木 120粒|35.60|1.02|160|90|22|60|4.7
木制拼图 中国地图|19.40|0.52|85|38|18|80|0
毛绒熊猫玩偶|22.00|0.36|275|150|20|100|0
儿童雨伞|16.90|0.31|310|72|18|100|4.7
折叠雨伞 自动|25.20|0.37|54|133|18|100|4.7
旅行收纳袋 六件|17.50|0.27|420|210|15|100|9.7
行李箱 20寸|136.00|2.90|17|24|35|20|9.7
双肩电脑包|78.00|0.85|61|69|28|50|9.7
腰包 防水|21.80|0.18|140|58|18|80|9.7
宠物饮水机|66.00|0.93|23|77|22|50|2.2
宠物梳毛刷|10.50|0.13|600|195|12|200|3.7
猫抓板 瓦楞纸|13.20|0.88|49|112|12|100|0
狗狗牵引绳|14.60|0.22|330|104|14|100|9.7
LED灯带 5米|18.90|0.26|500|285|15|200|4.7
智能插座|24.00|0.11|380|170|18|100|0
智能灯泡 E27|19.20|0.09|66|145|18|100|3.7
人体感应小夜灯|9.60|0.07|1250|365|12|300|4.7
挂脖小风扇|33.80|0.25|700|18|20|100|2.3
桌面加湿器|30.40|0.43|115|101|20|60|2.2
儿童滑板车|108.00|2.70|22|19|35|20|0
自行车尾灯 USB|13.90|0.06|440|155|15|200|4.7
手机支架 车载|12.30|0.12|5|220|12|200|3.7
"""


def products():
    for n, line in enumerate(PRODUCTS.strip().splitlines(), 1):
        yield ["SC-%04d" % (1000 + n * 7)] + line.split("|")


def write_csv():
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    writer.writerows(products())
    (HERE / "catalog-gbk.csv").write_bytes(out.getvalue().encode("gbk"))


def cell(column, row, value, is_text):
    ref = "%s%d" % (chr(65 + column), row)
    if is_text:
        return '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (ref, escape(value))
    return '<c r="%s"><v>%s</v></c>' % (ref, value)


def sheet():
    rows = ['<row r="1">%s</row>' % "".join(cell(i, 1, h, True) for i, h in enumerate(HEADS))]
    for n, product in enumerate(products(), 2):
        cells = "".join(cell(i, n, v, i < 2) for i, v in enumerate(product))
        rows.append('<row r="%d">%s</row>' % (n, cells))
    return ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            "<sheetData>%s</sheetData></worksheet>" % "".join(rows))


PARTS = {
    "[Content_Types].xml":
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels":
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml":
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="商品目录" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels":
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>',
}


def write_xlsx():
    with zipfile.ZipFile(HERE / "catalog.xlsx", "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet()}.items():
            info = zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)


write_csv()
write_xlsx()
