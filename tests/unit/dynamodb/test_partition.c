/* What shows of partitions: how many AWS would begin with, and what a scan is charged for each. */

#include "suites.h"

#include "tables.h"

#include "dynamodb/partition.h"

#include <string.h>

START_TEST(a_table_has_as_many_partitions_as_its_throughput_needs)
{
    static const struct {
        bool is_on_demand;
        int64_t read;
        int64_t write;
        int count;
    } rows[] = { { true, 0, 0, 4 },
                 { false, 1, 1, 1 },
                 { false, 3000, 0, 1 },
                 { false, 3000, 1, 2 },
                 { false, 2000, 500, 2 },
                 { false, 40000, 40000, 54 },
                 { false, INT64_MAX, 1, PARTITIONS_MAX } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct table table = { .is_on_demand = rows[i].is_on_demand };

        table.throughput.provisioned.read = rows[i].read;
        table.throughput.provisioned.write = rows[i].write;
        ck_assert_int_eq(partition_count(&table, NULL), rows[i].count);
    }
}
END_TEST

START_TEST(hashes_are_shared_out_evenly_and_in_order)
{
    static const unsigned char highest[] = { 255, 255, 255, 255, 255, 255, 255, 255, 'k' };
    static const unsigned char third[] = { 128, 0, 0, 0, 0, 0, 0, 0 };
    static const unsigned char before_it[] = { 127, 255, 255, 255, 255, 255, 255, 255 };

    ck_assert_int_eq(partition_of((struct bytes){ "", 0 }, 4), 0);
    ck_assert_int_eq(partition_of((struct bytes){ (const char *)before_it, 8 }, 4), 1);
    ck_assert_int_eq(partition_of((struct bytes){ (const char *)third, 8 }, 4), 2);
    ck_assert_int_eq(partition_of((struct bytes){ (const char *)third, 1 }, 4), 2);
    ck_assert_int_eq(partition_of((struct bytes){ (const char *)highest, 9 }, 4), 3);
    ck_assert_int_eq(partition_of((struct bytes){ (const char *)highest, 9 }, 1), 0);
}
END_TEST

static const char *scan_units(const char *more)
{
    const char *answer = tables_print_ask("Scan", "{'TableName':'tab','Select':'COUNT','ReturnConsumedCapacity':'TOTAL'%s}", more);
    const char *units = strstr(answer, "'CapacityUnits':");

    ck_assert_msg(units, "%s", answer);
    return units + strlen("'CapacityUnits':");
}

static void make_table(const char *billing)
{
    tables_open();
    tables_print_ask("CreateTable",
                     "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],'KeySchema':[{'AttributeName':"
                     "'pk','KeyType':'HASH'}],%s}",
                     billing);
    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'}}}");
}

/* As was seen on AWS: four units for the scan of one small item. */
START_TEST(a_scan_takes_a_unit_of_each_partition)
{
    make_table("'BillingMode':'PAY_PER_REQUEST'");
    ck_assert(!strncmp(scan_units(",'ConsistentRead':true"), "4.0,", 4));
    ck_assert(!strncmp(scan_units(""), "2.0,", 4));
    ck_assert(!strncmp(scan_units(",'Segment':1,'TotalSegments':4"), "0.5,", 4));
    ck_assert(!strncmp(scan_units(",'Segment':0,'TotalSegments':2"), "1.0,", 4));
}
END_TEST

START_TEST(a_provisioned_table_has_one_partition_at_first)
{
    make_table("'ProvisionedThroughput':{'ReadCapacityUnits':5,'WriteCapacityUnits':5}");
    ck_assert(!strncmp(scan_units(",'ConsistentRead':true"), "1.0,", 4));
    ck_assert(!strncmp(scan_units(""), "0.5,", 4));
}
END_TEST

/* The page ends with the first item, in whichever partition it lies: the two pages walk over four together, one of them twice. */
START_TEST(a_page_takes_of_the_partitions_that_it_walks_over)
{
    int twice_units = 0;
    char start[64] = "";

    make_table("'BillingMode':'PAY_PER_REQUEST'");
    for (int page = 0; page < 2; page++) {
        const char *answer =
            tables_print_ask("Scan", "{'TableName':'tab','ReturnConsumedCapacity':'TOTAL','ConsistentRead':true,'Limit':1%s}", start);

        twice_units += strstr(answer, "'CapacityUnits':")[strlen("'CapacityUnits':")] - '0';
        strcpy(start, ",'ExclusiveStartKey':{'pk':{'S':'a'}}");
    }
    ck_assert_int_eq(twice_units, 5);
}
END_TEST

Suite *suite_dynamodb_partition(void)
{
    Suite *suite = suite_create("dynamodb partition");
    TCase *rules = tcase_create("rules");
    TCase *scans = tcase_create("scans");

    tcase_add_test(rules, a_table_has_as_many_partitions_as_its_throughput_needs);
    tcase_add_test(rules, hashes_are_shared_out_evenly_and_in_order);
    suite_add_tcase(suite, rules);
    tcase_add_checked_fixture(scans, NULL, tables_close);
    tcase_add_test(scans, a_scan_takes_a_unit_of_each_partition);
    tcase_add_test(scans, a_provisioned_table_has_one_partition_at_first);
    tcase_add_test(scans, a_page_takes_of_the_partitions_that_it_walks_over);
    suite_add_tcase(suite, scans);
    return suite;
}
