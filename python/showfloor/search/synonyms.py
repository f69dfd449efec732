"""Words that shoppers use for the same thing, in both languages."""

from __future__ import annotations

from showfloor.search.words import words

_SAME = """
sofa, couch, settee, loveseat, 沙发
table, desk, 桌子, 书桌, 餐桌
chair, seat, 椅子
bed, 床
lamp, light, 台灯, 灯具
phone, smartphone, cellphone, mobile, 手机, 智能手机
charger, charging, 充电器
earphone, earbud, headphone, airpod, earpod, 耳机
laptop, notebook, 笔记本电脑, 笔记本, 电脑
tablet, ipad, 平板电脑, 平板
watch, wristwatch, timepiece, 手表, 腕表
perfume, fragrance, cologne, scent, 香水
lipstick, 口红, 唇膏
mascara, 睫毛膏
nail polish, nail varnish, 指甲油
handbag, purse, bag, 手提包, 包包, 女包
backpack, rucksack, 背包, 双肩包
shoe, footwear, 鞋子, 鞋
sneaker, trainer, 运动鞋, 跑鞋
sandal, slipper, flip flop, 凉鞋, 拖鞋
heel, pump, 高跟鞋
shirt, 衬衫, 衬衣
tshirt, tee, t恤
dress, gown, frock, 连衣裙, 裙子
sunglasses, shade, 太阳镜, 墨镜
ring, 戒指
earring, 耳环
necklace, 项链
jewellery, jewelry, 首饰, 珠宝
car, automobile, vehicle, 汽车
motorcycle, motorbike, 摩托车
knife, 刀, 菜刀
pan, skillet, wok, 平底锅, 炒锅, 锅
pot, 锅
cup, mug, 杯子, 马克杯
plate, dish, 盘子
spoon, 勺子
fork, 叉子
blender, mixer, juicer, 搅拌机, 榨汁机
kettle, 水壶
microwave, 微波炉
stove, cooker, hob, 炉子
rolling pin, 擀面杖
chopping board, cutting board, 砧板
ball, 球
football, soccer, 足球
basketball, 篮球
cricket, 板球
golf, 高尔夫
tennis, 网球
racket, racquet, 球拍
apple, 苹果
beef, steak, 牛肉, 牛排
chicken, 鸡肉
fish, 鱼
egg, 鸡蛋
milk, 牛奶
honey, 蜂蜜
juice, 果汁
coffee, 咖啡
tea, 茶
tin, can, caddy, 罐, 罐子
rice, 大米, 米饭
potato, 土豆, 马铃薯
onion, 洋葱
strawberry, 草莓
lemon, 柠檬
water, 水
ice cream, 冰淇淋
pet food, cat food, dog food, 宠物食品, 猫粮, 狗粮
soap, 肥皂
lotion, moisturizer, 乳液, 身体乳
vase, pot, 花瓶
picture frame, photo frame, 相框
decoration, decor, ornament, 装饰, 装饰品, 摆件
speaker, 音箱, 音响
camera, 相机, 摄像机
tripod, monopod, selfie, 三脚架, 自拍杆
case, cover, 手机壳, 保护壳
men, man, male, gentleman, 男士, 男款, 男
women, woman, female, lady, 女士, 女款, 女
kid, child, children, 儿童
kitchen, cookware, 厨房, 厨具
furniture, 家具
grocery, food, 食品, 食物
beauty, makeup, cosmetic, 美妆, 化妆品
skincare, skin care, 护肤, 护肤品
sport, athletic, 运动, 体育
red, 红色
blue, 蓝色
black, 黑色
white, 白色
green, 绿色
cheap, affordable, inexpensive, 便宜
"""


def _table() -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    table: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for line in _SAME.strip().splitlines():
        names = [tuple(words(name)) for name in line.split(",")]
        for name in names:
            table.setdefault(name, []).extend(other for other in names if other != name)
    return table


TABLE = _table()
LONGEST = max(map(len, TABLE))


def synonyms(query: list[str]) -> dict[str, str]:
    """Words that are asked for by another name, each with that name. Many-word names count where they stand whole."""
    found: dict[str, str] = {}
    for begin in range(len(query)):
        for length in range(1, LONGEST + 1):
            name = tuple(query[begin : begin + length])
            for other in TABLE.get(name, ()) if len(name) == length else ():
                for word in other:
                    if word not in query:
                        found.setdefault(
                            word, "".join(name) if len(name[0]) == 2 and name[0] > "一" else " ".join(name)
                        )
    return found
