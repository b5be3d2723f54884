/* PutMetricData: what is kept of it, and what is refused. */

#include "suites.h"

#include "fixture.h"

#include <check.h>
#include <string.h>

static const struct service *cloudwatch(void)
{
    return cloudwatch_service(fixture_world.cloudwatch);
}

START_TEST(what_is_published_can_be_read)
{
    struct buffer lines = { 0 };

    fixture_done(cloudwatch(), "PutMetricData",
                 "{'Namespace':'kcl','MetricData':[{'MetricName':'m','Value':1.5,'Unit':'Count','Dimensions':[{'Name':'a','Value':'b'}]},"
                 "{'MetricName':'n','Values':[1,2],'Counts':[3,4]}]}");
    fixture_done(cloudwatch(), "PutMetricData",
                 "{'Namespace':'other','EntityMetricData':[{'Entity':{},'MetricData':[{'MetricName':'o','StatisticValues':{'SampleCount':1,"
                 "'Sum':2,'Minimum':2,'Maximum':2}}]}]}");
    cloudwatch_print_metrics(fixture_world.cloudwatch, 0, &lines);
    ck_assert_str_eq(lines.data,
                     "{\"id\":1,\"time\":\"2023-11-14T22:13:20.000Z\",\"namespace\":\"kcl\",\"data\":[{\"MetricName\":\"m\",\"Value\":1.5,"
                     "\"Unit\":\"Count\",\"Dimensions\":[{\"Name\":\"a\",\"Value\":\"b\"}]},{\"MetricName\":\"n\",\"Values\":[1,2],"
                     "\"Counts\":[3,4]}]}\n"
                     "{\"id\":2,\"time\":\"2023-11-14T22:13:20.000Z\",\"namespace\":\"other\",\"data\":[{\"MetricName\":\"o\","
                     "\"StatisticValues\":{\"SampleCount\":1,\"Sum\":2,\"Minimum\":2,\"Maximum\":2}}]}\n");
    buffer_clear(&lines);
}
END_TEST

static const struct {
    const char *input;
    enum error_id error;
    const char *message; /* NULL: any */
} refusals[] = {
    { "{'MetricData':[{'MetricName':'m','Value':1}]}", ERR_VALIDATION, NULL },
    { "{'Namespace':'n'}", ERR_MISSING_REQUIRED_PARAMETER, "The parameter MetricData is required." },
    { "{'Namespace':':n','MetricData':[{'MetricName':'m','Value':1}]}", ERR_VALIDATION, NULL },
    { "{'Namespace':'n','MetricData':[{'Value':1}]}", ERR_VALIDATION, NULL },
    { "{'Namespace':'n','MetricData':[{'MetricName':'m','Value':1},{'MetricName':'m'}]}", ERR_MISSING_REQUIRED_PARAMETER,
      "The parameter MetricData.member.2.Value is required." },
    { "{'Namespace':'n','MetricData':[{'MetricName':'m','Value':1,'Values':[1]}]}", ERR_INVALID_PARAMETER_COMBINATION,
      "The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both." },
    { "{'Namespace':'n','MetricData':[{'MetricName':'m','Values':[1,2],'Counts':[1]}]}", ERR_INVALID_PARAMETER_VALUE,
      "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size." },
    { "{'Namespace':'n','MetricData':[{'MetricName':'m','Value':1,'Unit':'Furlongs'}]}", ERR_VALIDATION, NULL },
    { "{'Namespace':'n','MetricData':[{'MetricName':'m','Value':'x'}]}", ERR_SERIALIZATION, NULL },
};

START_TEST(what_is_no_metric_is_refused)
{
    struct fixture_answer answer = fixture_call(cloudwatch(), "PutMetricData", refusals[_i].input);

    ck_assert_int_eq(answer.error, refusals[_i].error);
    if (refusals[_i].message)
        ck_assert_str_eq(answer.message, refusals[_i].message);
}
END_TEST

Suite *suite_cloudwatch_put_metric_data(void)
{
    Suite *suite = suite_create("cloudwatch PutMetricData");
    TCase *tests = tcase_create("PutMetricData");

    tcase_add_checked_fixture(tests, fixture_open, fixture_close);
    tcase_add_test(tests, what_is_published_can_be_read);
    tcase_add_loop_test(tests, what_is_no_metric_is_refused, 0, sizeof refusals / sizeof *refusals);
    suite_add_tcase(suite, tests);
    return suite;
}
