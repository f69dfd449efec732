"""Words that shoppers use for the same thing, in both languages."""

from __future__ import annotations

from showfloor.search.words import words

_SAME = """
sofa, couch, settee, loveseat, 沙发
table, desk, 桌子, 书桌, 餐桌, 茶几
bedside table, nightstand, 床头柜, 床头桌
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
handbag, purse, bag, 手提包, 手袋, 包包, 女包
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
earring, 耳环, 耳钉, 耳坠
necklace, 项链
jewellery, jewelry, 首饰, 珠宝
car, automobile, vehicle, 汽车
motorcycle, motorbike, 摩托车
knife, 刀, 菜刀
pan, skillet, frying pan, 平底锅, 煎锅, 锅
wok, 炒锅
spatula, turner, 锅铲, 铲子
whisk, 打蛋器, 搅拌器
grater, 擦丝器, 刨丝器
peeler, 削皮器, 削皮刀
squeezer, 榨汁器, 柠檬榨汁器
egg slicer, 切蛋器
strainer, sieve, 滤网, 筛子, 漏勺
tongs, 夹子, 食物夹
tray, 托盘
ice cube tray, 冰格, 冰块盒
lunch box, bento box, 饭盒, 便当盒, 午餐盒
spice rack, 调料架, 香料架
mug tree, 杯架
pot, 锅
cup, mug, 杯子, 马克杯
plate, dish, 盘子
spoon, 勺子
fork, 叉子
blender, mixer, juicer, 搅拌机, 榨汁机
kettle, 水壶
microwave, 微波炉
stove, cooker, hob, 炉子, 电炉
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
pet food, 宠物食品
cat food, 猫粮
dog food, 狗粮
soap, 肥皂
lotion, moisturizer, 乳液, 身体乳
vase, pot, 花瓶
picture frame, photo frame, 相框
decoration, decor, ornament, 装饰, 装饰品, 摆件
speaker, 音箱, 音响
camera, 相机, 摄像机
tripod, monopod, selfie, 三脚架, 自拍杆
case, cover, 手机壳, 保护壳
eyeshadow, eye shadow, 眼影, 眼影盘
powder, 粉饼, 散粉
stick, 自拍杆
oil, 油, 食用油
pepper, 辣椒
bell pepper, 甜椒, 青椒, 彩椒
chili pepper, 辣椒, 青辣椒
cucumber, 黄瓜
kiwi, 猕猴桃, 奇异果
mulberry, 桑葚
protein powder, 蛋白粉
soft drink, soda, 汽水, 饮料, 软饮料
tissue, 纸巾, 抽纸
swing, 秋千
plant, 植物, 盆栽
plant pot, flower pot, 花盆
sink, basin, 洗手池, 水槽, 洗手盆
mirror, 镜子
glass, 玻璃杯
bat, 球棒, 球棍
baseball, 棒球
glove, 手套
helmet, 头盔
wicket, 三柱门
rim, hoop, 篮筐, 篮球框
shuttlecock, birdie, 羽毛球
volleyball, 排球
corset, 束腰, 紧身胸衣
skirt, 半身裙, 短裙
suit, 西装, 套装
scooter, 踏板车
body wash, shower gel, 沐浴露, 沐浴乳
hand soap, hand wash, 洗手液
silicone case, 硅胶壳
wireless charger, 无线充电器
battery pack, power bank, 充电宝, 移动电源
studio, 演播室
cleat, 钉鞋
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


def whole_names(query: list[str]) -> dict[str, list[tuple[str, ...]]]:
    """Of what is asked for by another name, the names: «床头柜» is «bedside table», and no table alone."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for begin in range(len(query)):
        for length in range(1, LONGEST + 1):
            name = tuple(query[begin : begin + length])
            if len(name) == length and name in TABLE:
                said = "".join(name) if len(name[0]) == 2 and name[0] > "一" else " ".join(name)
                found.setdefault(said, []).extend(TABLE[name])
    return found
